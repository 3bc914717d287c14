using System.Numerics.Tensors;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels.Convolution;
using TrainService.Tensors.Kernels.Normalization;

namespace TrainService.NeuralNet.Plan.Steps.Convolution;

/// <summary>
/// The gradient of a small kernel sample by sample, each into a row of its own: in the lane of the step that has just had dy in cache, on as many threads
/// as there are samples. <see cref="SampleGradientSumStep"/> adds the rows.
/// </summary>
internal abstract class SampleGradientStep(string name, Value x, PlanBuffer dy, PlanBuffer samples) : PlanStep
{
    /// <summary>Floats that the rows of all samples may take together.</summary>
    private const long MostFloats = 1 << 20;

    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = [.. new SourceImages(x).Reads, new(dy, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(samples, Access.RowsOnly)];

    public override int SampleLength => dy.Stride;

    public override int LeastRows => 1;

    protected SourceImages Source { get; } = new(x);

    protected PlanBuffer Dy => dy;

    protected PlanBuffer Samples => samples;

    /// <summary>Whether a kernel is small enough.</summary>
    public static bool Suits(long kernelLength, int batch) => kernelLength * batch <= MostFloats;

    public override string ToString() => $"{name} dW of samples";
}

/// <summary>Of a convolution of patches.</summary>
internal sealed unsafe class PatchSampleGradientStep(string name, Value x, PatchGrid patches, PlanBuffer dy, PatchGrid columns, ConvolutionShape shape, PlanBuffer samples)
    : SampleGradientStep(name, x, dy, samples)
{
    /// <summary>Panels at a time: 128 columns.</summary>
    private const int MostPanels = 8;

    public override double Cost => shape.Work * Dy.Rows;

    public override int ScratchLength { get; } = PatchGradient.ScratchLength(patches, columns, shape.Depth, Math.Min(MostPanels, shape.PanelsPerGroup), x.Pending is not null);

    public override void Run(in Block block, StepContext context)
    {
        float* scratch = ScratchLength == 0 ? null : context.Scratch(block.Rank);
        ChannelMap map = Source.Map;
        for (int r = block.Start; r < block.End; r++)
        {
            for (int group = 0; group < shape.Groups; group++)
            {
                for (int panel = 0; panel < shape.PanelsPerGroup; panel += MostPanels)
                {
                    float* result = Samples.Row(r) + (((long)group * shape.PanelsPerGroup + panel) * shape.Depth * Padding.Width);
                    PatchGradient.Run(patches, Source.Pointer + group * shape.InputsPerGroup, columns, Dy.Pointer + group * shape.OutputsPerGroup, 0, shape.Depth, panel,
                        Math.Min(MostPanels, shape.PanelsPerGroup - panel), (long)r * patches.Positions, (long)(r + 1) * patches.Positions, result, scratch,
                        map.From(group * shape.InputsPerGroup));
                }
            }
        }
    }
}

/// <summary>Of a depthwise convolution.</summary>
internal sealed unsafe class DepthwiseSampleGradientStep(string name, Value x, PlanBuffer dy, DepthwisePass forward, PlanBuffer samples)
    : SampleGradientStep(name, x, dy, samples)
{
    /// <summary>Floats of x that are normalized at a time, before their taps are read: 128 KB.</summary>
    private const int BandLength = 32 * 1024;

    public override double Cost => (double)Dy.Length * forward.KernelHeight * forward.KernelWidth * 2;

    /// <summary>One image, normalized: every pixel is read through several taps.</summary>
    public override int ScratchLength => Source.IsPending ? Source.Stored.Buffer.Stride : 0;

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++) Sample(r, ScratchLength == 0 ? null : context.Scratch(block.Rank));
    }

    private void Sample(int r, float* scratch)
    {
        int kernel = forward.KernelHeight * forward.KernelWidth * Padding.Width, stride = Source.Stored.ChannelStride, line = forward.Source.Width * stride, ready = 0;
        float* image = Source.Stored.Buffer.Row(r), read = Source.IsPending ? scratch : image;
        new Span<float>(Samples.Row(r), Samples.Stride).Clear();
        int each = Math.Max(1, BandLength / (line * forward.StepY));
        for (int y = 0; y < forward.Height; y += each)
        {
            int to = Math.Min(forward.Height, y + each), seen = Source.IsPending ? forward.RowsSeen(to) : 0;
            if (seen > ready)
            {
                long at = (long)ready * line;
                ChannelNormalization.Apply(Source.Map, image + at, (seen - ready) * forward.Source.Width, stride, scratch + at);
                ready = seen;
            }

            for (int i = 0; i < stride / Padding.Width; i++) DepthwiseGradient.AddRows(forward, y, to, i, read, Dy.Row(r), Samples.Row(r) + ((long)i * kernel));
        }
    }
}

/// <summary>Adds the gradients of all samples in their order and hands them in, piece by piece.</summary>
internal sealed unsafe class SampleGradientSumStep : PlanStep
{
    private const int Piece = 2048;

    private readonly PlanBuffer _samples;
    private readonly Parameter _kernel;
    private readonly ParameterUpdates _updates;
    private readonly int _firstPiece;

    public SampleGradientSumStep(PlanBuffer samples, Parameter kernel, PlanBuffer kernelBuffer, ParameterUpdates updates)
    {
        (_samples, _kernel, _updates) = (samples, kernel, updates);
        Reads = [new(samples, Access.All)];
        Writes = [new(updates.Written(kernel, kernelBuffer), Access.All)];
        _firstPiece = updates.Pieces.Count;
        for (int i = 0; i < Tasks; i++) updates.Register(kernel, (long)i * Piece, Length(i));
    }

    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; }

    public override IReadOnlyList<Touch> Writes { get; }

    public override int Tasks => (int)((_kernel.Length + Piece - 1) / Piece);

    public override double Cost => _samples.Length;

    public override int ScratchLength => Piece;

    public override void Run(in Block block, StepContext context)
    {
        for (int i = block.Start; i < block.End; i++)
        {
            Span<float> sum = new(context.Scratch(block.Rank), Length(i));
            new ReadOnlySpan<float>(_samples.Row(0) + ((long)i * Piece), sum.Length).CopyTo(sum);
            for (int r = 1; r < _samples.Rows; r++) TensorPrimitives.Add(sum, new ReadOnlySpan<float>(_samples.Row(r) + ((long)i * Piece), sum.Length), sum);
            _updates.HandIn(_firstPiece + i, context.Scratch(block.Rank), context);
        }
    }

    public override string ToString() => $"{_kernel.Layer} dW";

    private int Length(int piece) => (int)Math.Min(Piece, _kernel.Length - ((long)piece * Piece));
}
