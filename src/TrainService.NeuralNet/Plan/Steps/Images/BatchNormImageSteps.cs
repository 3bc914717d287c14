using System.Runtime.Intrinsics;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels.Normalization;

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>Mean, 1/√(variance + ε), scale and shift of each channel over the batch, and the moving statistics a step further.</summary>
internal sealed unsafe class BatchNormStatisticsStep(PlanBuffer sums, int pixels, int stride, PlanBuffer statistics, BatchNormTensors t) : PlanStep
{
    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; } = [new(sums, Access.All), .. t.Buffers.Select(b => new Touch(b, Access.All))];

    public override IReadOnlyList<Touch> Writes { get; } = [new(statistics, Access.All), .. t.MovingBuffers.Select(b => new Touch(b, Access.All))];

    public override int Tasks => stride / Padding.Width;

    public override double Cost => sums.Length;

    public override void Run(in Block block, StepContext context)
    {
        int c = block.Start * Padding.Width;
        Vector512<double> count = Vector512.Create((double)sums.Rows * pixels);
        (Vector512<double> low, Vector512<double> high) = SampleSums.Total(sums, stride, c, second: false);
        (low, high) = (low / count, high / count);
        (Vector512<double> lowSquare, Vector512<double> highSquare) = SampleSums.Total(sums, stride, c, second: true);
        Vector512<float> mean = Vector512.Narrow(low, high);
        Vector512<float> variance = Vector512.Narrow(
            Vector512.Max((lowSquare / count) - (low * low), Vector512<double>.Zero), Vector512.Max((highSquare / count) - (high * high), Vector512<double>.Zero));
        mean.Store(statistics.Row(PendingMap.Mean) + c);
        Vector512<float> inverse = Vector512<float>.One / Vector512.Sqrt(variance + Vector512.Create(t.Epsilon));
        inverse.Store(statistics.Row(PendingMap.Inverse) + c);
        (t.GammaAt(c) * inverse).Store(statistics.Row(PendingMap.Scale) + c);
        t.BetaAt(c).Store(statistics.Row(PendingMap.Shift) + c);
        Vector512<float> keep = Vector512.Create(t.Momentum), take = Vector512.Create(1 - t.Momentum) & ChannelMask.Of(t.Mean.Shape[0], c);
        ((Vector512.Load(t.Mean.Values + c) * keep) + (mean * take)).Store(t.Mean.Values + c);
        ((Vector512.Load(t.Variance.Values + c) * keep) + (variance * take)).Store(t.Variance.Values + c);
    }

    public override string ToString() => $"{t.Mean.Layer} statistics";
}

/// <summary>Carries out what is pending: for a reader that can't do it on the way.</summary>
internal sealed unsafe class MaterializeStep(PendingMap pending, PlanBuffer y) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = [.. pending.Reads];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.RowsOnly)];

    public override bool IsRepeatable => true;

    public override void Run(in Block block, StepContext context)
    {
        Value x = pending.Source;
        for (int r = block.Start; r < block.End; r++) ChannelNormalization.Apply(pending.Map, x.Buffer.Row(r), x.Pixels, x.ChannelStride, y.Row(r));
    }

    public override string ToString() => "normalize";
}

/// <summary>y = (x - mean) · scale + shift, channel by channel, with the moving statistics.</summary>
internal sealed unsafe class BatchNormApplyStep(PlanBuffer x, PlanBuffer y, int pixels, int stride, BatchNormCoefficients coefficients) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = [new(x, Access.RowsOnly), .. coefficients.Touches];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.RowsOnly)];

    public override int ScratchLength => 3 * stride;

    public override void Run(in Block block, StepContext context)
    {
        float* mean = context.Scratch(block.Rank), scale = mean + stride, shift = scale + stride;
        for (int c = 0; c < stride; c += Padding.Width)
        {
            coefficients.Mean(c).Store(mean + c);
            coefficients.Scale(c).Store(scale + c);
            coefficients.Shift(c).Store(shift + c);
        }

        for (int r = block.Start; r < block.End; r++)
            ChannelNormalization.Apply(new ChannelMap(mean, scale, shift, float.NegativeInfinity, float.PositiveInfinity), x.Row(r), pixels, stride, y.Row(r));
    }

    public override string ToString() => $"{coefficients.Tensors.Mean.Layer} normalize";
}
