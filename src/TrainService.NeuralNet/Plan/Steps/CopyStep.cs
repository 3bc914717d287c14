namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>y = x, number by number.</summary>
internal sealed unsafe class CopyStep(PlanBuffer x, PlanBuffer y) : PlanStep
{
    public override Domains Domains => Domains.Rows | Domains.Columns;

    public override IReadOnlyList<Touch> Reads { get; } = [new(x, Access.Aligned)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.Aligned)];

    public override void Run(in Block block, StepContext context)
    {
        foreach ((long start, int length) in Pieces.Of(block, y))
            new ReadOnlySpan<float>(x.Pointer + start, length).CopyTo(new Span<float>(y.Pointer + start, length));
    }

    public override string ToString() => "copy";
}
