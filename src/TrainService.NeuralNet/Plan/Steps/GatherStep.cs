namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>Draws the rows of the batch from the dataset into the plan's input.</summary>
internal sealed unsafe class GatherStep(PlanBuffer output) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads => [];

    public override IReadOnlyList<Touch> Writes { get; } = [new(output, Access.Aligned)];

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++) context.Inputs!.Prefetch(context.Rows[r]);
        for (int r = block.Start; r < block.End; r++)
            context.Inputs!.CopyRow(context.Rows[r], new Span<float>(output.Row(r), output.RowLength));
    }

    public override string ToString() => "gather";
}

/// <summary>Draws the targets and the weights of the rows of the batch.</summary>
internal sealed unsafe class GatherTargetStep(PlanBuffer target) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads => [];

    public override IReadOnlyList<Touch> Writes { get; } = [new(target, Access.Aligned)];

    public override void Run(in Block block, StepContext context)
    {
        ReadOnlySpan<float> weights = context.SampleWeights.Span;
        for (int r = block.Start; r < block.End; r++) context.Targets!.Prefetch(context.Rows[r]);
        for (int r = block.Start; r < block.End; r++)
        {
            context.Targets!.CopyRow(context.Rows[r], new Span<float>(target.Row(r), target.RowLength));
            context.RowWeight[r] = weights.IsEmpty ? 1f : weights[context.Rows[r]];
        }
    }

    public override string ToString() => "gather targets";
}
