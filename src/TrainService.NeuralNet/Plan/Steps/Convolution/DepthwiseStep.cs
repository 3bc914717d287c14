using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels.Convolution;
using TrainService.Tensors.Kernels.Normalization;

namespace TrainService.NeuralNet.Plan.Steps.Convolution;

/// <summary>A depthwise convolution from x to y, or from dy to dx.</summary>
internal sealed unsafe class DepthwiseStep(
    string name, Value source, Value target, IReadOnlyList<DepthwisePass> passes, PlanBuffer kernel, PlanBuffer? bias, bool accumulate) : ProducerStep(target.Buffer)
{
    private readonly DepthwisePass[] _passes = [.. passes];
    private readonly SourceImages _source = new(source);

    public override double Cost { get; } = passes.Sum(p => (double)p.Height * p.Width * (p.TapsY.Length * p.TapsX.Length + 1) * p.Target.PixelStride) * source.Buffer.Rows * 2;

    protected override string Name => name;

    protected override IEnumerable<Touch> OwnReads =>
    [
        .. _source.Reads, new(kernel, Access.All),
        .. bias is null ? (Touch[])[] : [new(bias, Access.All)],
        .. accumulate ? (Touch[])[new(target.Buffer, Access.RowsOnly)] : [],
    ];

    /// <summary>One image, normalized: every pixel is read through several taps.</summary>
    protected override int OwnScratch => _source.IsPending ? source.Buffer.Stride : 0;

    public override void Run(in Block block, StepContext context)
    {
        float* scratch = ScratchLength == 0 ? null : context.Scratch(block.Rank), add = bias is null ? null : bias.Pointer;
        for (int r = block.Start; r < block.End; r++)
        {
            float* image = _source.Stored.Buffer.Row(r);
            if (_source.IsPending)
            {
                ChannelNormalization.Apply(_source.Map, image, source.Pixels, source.ChannelStride, scratch);
                image = scratch;
            }

            foreach (DepthwisePass pass in _passes) DepthwiseProduct.Run(pass, 0, 1, image, kernel.Pointer, target.Buffer.Row(r), add, accumulate);
            int done = 0;
            Written(r, ref done, target.Pixels, scratch);
        }
    }
}

/// <summary>Gradient of a depthwise kernel: 16 channels a task, over all samples in order.</summary>
internal sealed unsafe class DepthwiseKernelGradientStep : PlanStep
{
    private readonly Value _x;
    private readonly SourceImages _source;
    private readonly PlanBuffer _dy;
    private readonly DepthwisePass _forward;
    private readonly DepthwisePass _ofBlock;
    private readonly Parameter _kernel;
    private readonly ParameterUpdates _updates;
    private readonly int _firstPiece;

    public DepthwiseKernelGradientStep(Value x, PlanBuffer dy, DepthwisePass forward, Parameter kernel, PlanBuffer kernelBuffer, ParameterUpdates updates)
    {
        (_x, _source, _dy, _forward, _kernel, _updates) = (x, new SourceImages(x), dy, forward, kernel, updates);
        _ofBlock = forward with { Source = forward.Source with { PixelStride = Padding.Width, SampleStride = (long)x.Pixels * Padding.Width } };
        Reads = [.. _source.ReadsAll, new(dy, Access.All)];
        Writes = [new(updates.Written(kernel, kernelBuffer), Access.All)];
        _firstPiece = updates.Pieces.Count;
        for (int i = 0; i < Tasks; i++) updates.Register(kernel, (long)i * KernelLength, KernelLength);
    }

    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; }

    public override IReadOnlyList<Touch> Writes { get; }

    public override int Tasks => _forward.Target.PixelStride / Padding.Width;

    public override double Cost => (double)_dy.Length * _forward.KernelHeight * _forward.KernelWidth * 2;

    public override int ScratchLength => KernelLength + (_source.IsPending ? _x.Pixels * Padding.Width : 0);

    private int KernelLength => _forward.KernelHeight * _forward.KernelWidth * Padding.Width;

    public override void Run(in Block block, StepContext context)
    {
        float* result = context.Scratch(block.Rank);
        for (int i = block.Start; i < block.End; i++)
        {
            if (_source.IsPending) Normalized(i, result, result + KernelLength);
            else DepthwiseGradient.Run(_forward, _dy.Rows, i, _source.Pointer, _dy.Pointer, result, accumulate: false);
            _updates.HandIn(_firstPiece + i, result, context);
        }
    }

    public override string ToString() => $"{_kernel.Layer} dW";

    /// <summary>Sample by sample, with the 16 channels of an image normalized before.</summary>
    private void Normalized(int block, float* result, float* image)
    {
        int channel = block * Padding.Width;
        for (int r = 0; r < _dy.Rows; r++)
        {
            ChannelNormalization.Apply(_source.Map.From(channel), _source.Stored.Buffer.Row(r) + channel, _x.ChannelStride, _x.Pixels, Padding.Width, image, Padding.Width);
            DepthwiseGradient.Run(_ofBlock, 1, block, image - channel, _dy.Row(r), result, accumulate: r > 0);
        }
    }
}
