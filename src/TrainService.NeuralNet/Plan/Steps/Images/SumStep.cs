using TrainService.NeuralNet.Activations;
using TrainService.NeuralNet.Plan.Steps.Convolution;
using TrainService.Tensors.Kernels.Normalization;

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>y = a + b, two images, limited to a range by an activation that follows; what is pending of either is carried out on the way.</summary>
internal sealed unsafe class SumStep(Value a, Value b, Value y) : PlanStep
{
    private readonly SourceImages _a = new(a);
    private readonly SourceImages _b = new(b);
    private (float Low, float High)? _limits;

    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = [.. new SourceImages(a).Reads, .. new SourceImages(b).Reads];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y.Buffer, Access.RowsOnly)];

    public override bool IsRepeatable => true;

    public override double Cost => y.Buffer.Length * 0.5;

    /// <summary>False when it is limited already.</summary>
    public bool TryLimit((float Low, float High) limits)
    {
        if (_limits is not null) return false;
        _limits = limits;
        return true;
    }

    public override void Run(in Block block, StepContext context)
    {
        (float low, float high) = _limits ?? (float.NegativeInfinity, float.PositiveInfinity);
        for (int r = block.Start; r < block.End; r++)
        {
            ChannelNormalization.Sum(_a.Map, _a.Stored.Buffer.Row(r), _b.Map, _b.Stored.Buffer.Row(r), y.Pixels, y.ChannelStride, low, high, y.Buffer.Row(r));
        }
    }

    public override string ToString() => _limits is null ? "sum" : "limited sum";
}

/// <summary>The gradient of a limited value, in place: 0 where the value is at a limit.</summary>
internal sealed unsafe class LimitGradientFollower(Activation activation, Value y, PlanBuffer gradient) : PixelFollower
{
    public override IReadOnlyList<Touch> Reads { get; } = [new(y.Buffer, Access.RowsOnly), new(gradient, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(gradient, Access.RowsOnly)];

    public override int Pixels => y.Pixels;

    public override int Run(int sample, int done, int available, float* scratch)
    {
        long at = (long)done * y.ChannelStride;
        int length = (available - done) * y.ChannelStride;
        Span<float> target = new(gradient.Row(sample) + at, length);
        activation.Backward(default, new ReadOnlySpan<float>(y.Buffer.Row(sample) + at, length), target, target, y.Channels);
        return available;
    }

    public override string ToString() => "limit gradient";
}
