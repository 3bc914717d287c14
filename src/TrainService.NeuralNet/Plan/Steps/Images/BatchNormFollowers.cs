using TrainService.Tensors.Kernels.Normalization;

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>The sums of each sample that the batch's statistics are made of: doubles, Σx of each channel and then Σx².</summary>
internal sealed unsafe class MomentsFollower(Value x, PlanBuffer sums) : PixelFollower
{
    public override IReadOnlyList<Touch> Reads { get; } = [new(x.Buffer, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(sums, Access.RowsOnly)];

    public override int Pixels => x.Pixels;

    public override int ScratchLength => 2 * x.ChannelStride;

    public override int Run(int sample, int done, int available, float* scratch)
    {
        int stride = x.ChannelStride, end = SampleSums.Whole(available, Pixels);
        double* totals = SampleSums.Of(sums, sample, stride, clear: done == 0);
        if (end > done) ChannelNormalization.AddMoments(x.Buffer.Row(sample) + ((long)done * stride), end - done, stride, totals, scratch);
        return Math.Max(done, end);
    }

    public override string ToString() => "moments";
}

/// <summary>
/// The gradient of what came out goes back through the activation, in place, and each sample's Σg and Σg · (x - mean) are summed, of which the gradients of
/// gamma and beta are made.
/// </summary>
internal sealed unsafe class GradientSumsFollower(PendingMap pending, PlanBuffer gradient, PlanBuffer sums) : PixelFollower
{
    public override IReadOnlyList<Touch> Reads { get; } = [new(gradient, Access.RowsOnly), .. pending.Reads];

    public override IReadOnlyList<Touch> Writes { get; } = pending.HasLimits
        ? [new(sums, Access.RowsOnly), new(gradient, Access.RowsOnly)]
        : [new(sums, Access.RowsOnly)];

    public override int Pixels => pending.Source.Pixels;

    public override int ScratchLength => 2 * pending.Source.ChannelStride;

    public override int Run(int sample, int done, int available, float* scratch)
    {
        int stride = pending.Source.ChannelStride, end = SampleSums.Whole(available, Pixels);
        double* totals = SampleSums.Of(sums, sample, stride, clear: done == 0);
        long at = (long)done * stride;
        if (end > done)
        {
            ChannelNormalization.AddGradients(pending.Map, pending.HasLimits, pending.Source.Buffer.Row(sample) + at, gradient.Row(sample) + at, end - done, stride,
                totals, scratch);
        }

        return Math.Max(done, end);
    }

    public override string ToString() => "gradient sums";
}
