using TrainService.NeuralNet.Activations;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>y = f(x), on blocks that were just computed.</summary>
internal sealed unsafe class ActivationStep(Activation activation, PlanBuffer x, PlanBuffer y, int lastAxis) : PlanStep
{
    public Activation Activation => activation;

    public bool IsInPlace => x == y;

    /// <summary>A later step does its work, forward and backward: it is no longer part of the plan.</summary>
    public bool IsTakenOver { get; set; }

    public override Domains Domains => activation.SpansRow ? Domains.Rows : Domains.Rows | Domains.Columns;

    public override IReadOnlyList<Touch> Reads { get; } = [new(x, Access.Aligned)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.Aligned)];

    public override void Run(in Block block, StepContext context)
    {
        foreach ((long start, int length) in Pieces.Of(block, x, activation.SpansRow))
            activation.Forward(new ReadOnlySpan<float>(x.Pointer + start, length), new Span<float>(y.Pointer + start, length), lastAxis);
    }

    public override string ToString() => $"{activation.GetType().Name}";
}

/// <summary>dx = dy · f'(x), or added to what is there when another user of x has written before.</summary>
internal sealed unsafe class ActivationGradientStep(Activation activation, PlanBuffer x, PlanBuffer y, PlanBuffer dy, PlanBuffer dx, int lastAxis, bool accumulate)
    : PlanStep
{
    public override Domains Domains => activation.SpansRow ? Domains.Rows : Domains.Rows | Domains.Columns;

    public override IReadOnlyList<Touch> Reads { get; } = accumulate
        ? [new(dy, Access.Aligned), new(y, Access.Aligned), new(x, Access.Aligned), new(dx, Access.Aligned)]
        : [new(dy, Access.Aligned), new(y, Access.Aligned), new(x, Access.Aligned)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(dx, Access.Aligned)];

    public override int ScratchLength => accumulate ? dx.Stride * 32 : 0;

    public override void Run(in Block block, StepContext context)
    {
        foreach ((long start, int length) in Pieces.Of(block, dx, activation.SpansRow))
        {
            ReadOnlySpan<float> input = activation.NeedsInput ? new(x.Pointer + start, length) : default;
            ReadOnlySpan<float> output = new(y.Pointer + start, length), gradient = new(dy.Pointer + start, length);
            Span<float> result = new(dx.Pointer + start, length);
            if (!accumulate)
            {
                activation.Backward(input, output, gradient, result, lastAxis);
                continue;
            }

            Span<float> added = new(context.Scratch(block.Rank), length);
            activation.Backward(input, output, gradient, added, lastAxis);
            System.Numerics.Tensors.TensorPrimitives.Add(result, added, result);
        }
    }

    public override string ToString() => $"{activation.GetType().Name}'";
}
