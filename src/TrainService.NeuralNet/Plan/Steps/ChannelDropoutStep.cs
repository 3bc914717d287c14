using System.Runtime.Intrinsics;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Kernels;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>y = x · keep / (1 - rate) with one decision for each channel of a sample; the gradient is the same function of dy.</summary>
/// <param name="like">Shape and channel stride, whole vectors, of both buffers.</param>
internal sealed unsafe class ChannelDropoutStep(PlanBuffer x, PlanBuffer y, Value like, float rate, uint stream, bool accumulate) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = accumulate ? [new(x, Access.RowsOnly), new(y, Access.RowsOnly)] : [new(x, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.RowsOnly)];

    public override int ScratchLength => 2 * like.ChannelStride;

    public override void Run(in Block block, StepContext context)
    {
        PhiloxKey key = PhiloxKey.Of(context.Seed, RandomPurpose.Dropout, stream, (ulong)context.Iteration);
        long rowStep = (like.Channels + PhiloxMask.GroupLength - 1L) / PhiloxMask.GroupLength * PhiloxMask.GroupLength;
        float* factors = context.Scratch(block.Rank);
        Span<float> mask = new(factors, like.ChannelStride), ones = new(factors + like.ChannelStride, like.Channels);
        ones.Fill(1f);
        for (int r = block.Start; r < block.End; r++)
        {
            mask.Clear();
            Span<float> channels = mask[..like.Channels];
            if (context.DropoutMasks is { } masks) masks.Apply(stream, context.Iteration, r, rate, ones, channels);
            else PhiloxMask.Apply(key, rate, r * rowStep, ones, channels);
            for (int p = 0; p < like.Pixels; p++)
            {
                long pixel = (long)p * like.ChannelStride;
                for (int c = 0; c < like.ChannelStride; c += Padding.Width)
                {
                    Vector512<float> kept = Vector512.Load(x.Row(r) + pixel + c) * Vector512.Load(factors + c);
                    (accumulate ? Vector512.Load(y.Row(r) + pixel + c) + kept : kept).Store(y.Row(r) + pixel + c);
                }
            }
        }
    }

    public override string ToString() => "channel dropout";
}
