using System.Runtime.Intrinsics;
using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>The mean of each channel over all pixels: 64 pixels at a time in float32, those sums in double, always in the same order.</summary>
internal sealed unsafe class GlobalAverageStep(PlanBuffer x, int stride, int pixels, int channels, PlanBuffer y) : PlanStep
{
    private const int PixelsPerSum = 64;

    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = [new(x, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.RowsOnly)];

    public override double Cost => x.Length * 0.25;

    public override void Run(in Block block, StepContext context)
    {
        Vector512<double> count = Vector512.Create((double)pixels);
        for (int r = block.Start; r < block.End; r++)
        {
            for (int c = 0; c < channels; c += Padding.Width)
            {
                float* first = x.Row(r) + c;
                (Vector512<double> low, Vector512<double> high) = (Vector512<double>.Zero, Vector512<double>.Zero);
                for (int start = 0; start < pixels; start += PixelsPerSum)
                {
                    Vector512<float> sum = default;
                    int end = Math.Min(pixels, start + PixelsPerSum);
                    for (int p = start; p < end; p++) sum += Vector512.Load(first + ((long)p * stride));
                    (Vector512<double> a, Vector512<double> b) = Vector512.Widen(sum);
                    (low, high) = (low + a, high + b);
                }

                (Vector512.Narrow(low / count, high / count) & ChannelMask.Of(channels, c)).Store(y.Row(r) + c);
            }
        }
    }

    public override string ToString() => "global average";
}

/// <summary>All pixels share the gradient equally.</summary>
internal sealed unsafe class GlobalAverageGradientStep(PlanBuffer dy, PlanBuffer dx, int stride, int pixels, int channels, bool accumulate) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = accumulate ? [new(dy, Access.RowsOnly), new(dx, Access.RowsOnly)] : [new(dy, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(dx, Access.RowsOnly)];

    public override void Run(in Block block, StepContext context)
    {
        Vector512<float> count = Vector512.Create((float)pixels);
        for (int r = block.Start; r < block.End; r++)
        {
            for (int c = 0; c < channels; c += Padding.Width)
            {
                Vector512<float> share = Vector512.Load(dy.Row(r) + c) / count;
                float* pixel = dx.Row(r) + c;
                for (int p = 0; p < pixels; p++, pixel += stride) (accumulate ? Vector512.Load(pixel) + share : share).Store(pixel);
            }
        }
    }

    public override string ToString() => "global average'";
}
