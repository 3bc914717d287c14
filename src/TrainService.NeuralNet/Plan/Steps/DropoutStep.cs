using TrainService.Tensors.Kernels;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>
/// y = x · keep / (1 - rate). The gradient is the same function of dy with the same mask, which is worked out again rather than kept.
/// </summary>
internal sealed unsafe class DropoutStep(PlanBuffer x, PlanBuffer y, float rate, uint stream, bool accumulate) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = accumulate ? [new(x, Access.Aligned), new(y, Access.Aligned)] : [new(x, Access.Aligned)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.Aligned)];

    public override double Cost => y.Length * 3;

    public override int ScratchLength => accumulate ? y.Stride : 0;

    public override void Run(in Block block, StepContext context)
    {
        PhiloxKey key = PhiloxKey.Of(context.Seed, RandomPurpose.Dropout, stream, (ulong)context.Iteration);
        // Whole groups a row: a mask is fastest made in groups.
        long rowStep = (x.RowLength + PhiloxMask.GroupLength - 1L) / PhiloxMask.GroupLength * PhiloxMask.GroupLength;
        for (int r = block.Start; r < block.End; r++)
        {
            ReadOnlySpan<float> source = new(x.Row(r), x.RowLength);
            Span<float> target = new(y.Row(r), y.RowLength), kept = accumulate ? new(context.Scratch(block.Rank), y.RowLength) : target;
            if (context.DropoutMasks is { } masks) masks.Apply(stream, context.Iteration, r, rate, source, kept);
            else PhiloxMask.Apply(key, rate, r * rowStep, source, kept);
            if (accumulate) Elementwise.AddScaled(target, 1f, kept);
            else new Span<float>(y.Row(r), y.Stride)[y.RowLength..].Clear();
        }
    }

    public override string ToString() => "dropout";
}
