namespace TrainService.NeuralNet.Plan.Inference;

/// <summary>A step of a plan that only predicts, with an ending that later layers may fold themselves into.</summary>
internal abstract class EndedStep(PlanBuffer source, PlanBuffer kernel, PlanBuffer target, ChannelEnding ending) : PlanStep
{
    public PlanBuffer Source => source;

    public PlanBuffer Kernel => kernel;

    public PlanBuffer Target => target;

    public ChannelEnding Ending => ending;

    public override Domains Domains => Domains.Rows;

    // Worked out anew: the ending grows while the plan is built.
    public override IReadOnlyList<Touch> Reads => [new(source, Access.RowsOnly), new(kernel, Access.All), .. ending.Reads];

    public override IReadOnlyList<Touch> Writes => [new(target, Access.RowsOnly)];
}
