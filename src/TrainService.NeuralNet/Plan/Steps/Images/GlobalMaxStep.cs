using System.Runtime.Intrinsics;
using TrainService.NeuralNet.State;

namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>The largest number of each channel; NaN if there is one.</summary>
internal sealed unsafe class GlobalMaxStep(PlanBuffer x, int stride, int pixels, int channels, PlanBuffer y) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = [new(x, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.RowsOnly)];

    public override double Cost => x.Length * 0.25;

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++)
        {
            for (int c = 0; c < channels; c += Padding.Width)
            {
                float* pixel = x.Row(r) + c;
                Vector512<float> most = Vector512.Load(pixel);
                for (int p = 1; p < pixels; p++) most = Vector512.Max(most, Vector512.Load(pixel + ((long)p * stride)));
                (most & ChannelMask.Of(channels, c)).Store(y.Row(r) + c);
            }
        }
    }

    public override string ToString() => "global max";
}

/// <summary>The pixels that hold the maximum share the gradient equally, as in Keras.</summary>
internal sealed unsafe class GlobalMaxGradientStep(PlanBuffer x, PlanBuffer y, PlanBuffer dy, PlanBuffer dx, int stride, int pixels, int channels, bool accumulate) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = accumulate
        ? [new(x, Access.RowsOnly), new(y, Access.RowsOnly), new(dy, Access.RowsOnly), new(dx, Access.RowsOnly)]
        : [new(x, Access.RowsOnly), new(y, Access.RowsOnly), new(dy, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(dx, Access.RowsOnly)];

    public override double Cost => x.Length * 0.5;

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++)
        {
            for (int c = 0; c < channels; c += Padding.Width)
            {
                float* image = x.Row(r) + c, gradient = dx.Row(r) + c;
                Vector512<float> most = Vector512.Load(y.Row(r) + c), holders = default;
                for (int p = 0; p < pixels; p++)
                    holders += Vector512.Equals(Vector512.Load(image + ((long)p * stride)), most) & Vector512<float>.One;
                // Without a holder there is NaN in the channel, and the batch will be rejected.
                Vector512<float> share = Vector512.Load(dy.Row(r) + c) / Vector512.Max(holders, Vector512<float>.One);
                for (int p = 0; p < pixels; p++)
                {
                    long at = (long)p * stride;
                    Vector512<float> g = Vector512.Equals(Vector512.Load(image + at), most) & share;
                    (accumulate ? Vector512.Load(gradient + at) + g : g).Store(gradient + at);
                }
            }
        }
    }

    public override string ToString() => "global max'";
}
