using System.Runtime.Intrinsics;
using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Steps.Convolution;

/// <summary>Gradient of a bias that all pixels share: the sum of dy over samples and pixels, 16 channels a task, in four chains that are joined at the end.</summary>
internal sealed unsafe class BiasGradientStep : PlanStep
{
    private readonly PlanBuffer _dy;
    private readonly int _pixels;
    private readonly int _stride;
    private readonly Parameter _bias;
    private readonly ParameterUpdates _updates;
    private readonly int _firstPiece;

    /// <param name="stride">Floats of a pixel: whole vectors.</param>
    public BiasGradientStep(PlanBuffer dy, int pixels, int stride, Parameter bias, PlanBuffer biasBuffer, ParameterUpdates updates)
    {
        (_dy, _pixels, _stride, _bias, _updates) = (dy, pixels, stride, bias, updates);
        Reads = [new(dy, Access.All)];
        Writes = [new(updates.Written(bias, biasBuffer), Access.All)];
        _firstPiece = updates.Pieces.Count;
        for (int panel = 0; panel < Tasks; panel++) updates.Register(bias, panel * Padding.Width, Padding.Width);
    }

    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; }

    public override IReadOnlyList<Touch> Writes { get; }

    public override int Tasks => _stride / Padding.Width;

    public override double Cost => _dy.Length * 0.25;

    public override int ScratchLength => Padding.Width;

    public override void Run(in Block block, StepContext context)
    {
        float* result = context.Scratch(block.Rank);
        for (int panel = block.Start; panel < block.End; panel++)
        {
            Vector512<float> a = default, b = default, c = default, d = default;
            for (int r = 0; r < _dy.Rows; r++)
            {
                float* pixel = _dy.Row(r) + (panel * Padding.Width);
                int i = 0;
                for (; i <= _pixels - 4; i += 4, pixel += 4 * (nint)_stride)
                {
                    a += Vector512.Load(pixel);
                    b += Vector512.Load(pixel + _stride);
                    c += Vector512.Load(pixel + (2 * (nint)_stride));
                    d += Vector512.Load(pixel + (3 * (nint)_stride));
                }

                for (; i < _pixels; i++, pixel += _stride) a += Vector512.Load(pixel);
            }

            (a + b + (c + d)).Store(result);
            _updates.HandIn(_firstPiece + panel, result, context);
        }
    }

    public override string ToString() => $"{_bias.Layer} db";
}
