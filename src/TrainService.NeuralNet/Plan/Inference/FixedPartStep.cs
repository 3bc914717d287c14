namespace TrainService.NeuralNet.Plan.Inference;

/// <summary>Draws the values of a network's fixed part for the rows of the batch.</summary>
/// <param name="targets">One for each value of the cut, in its order.</param>
/// <param name="rank">Whose plan is used; null for that of the thread that runs the block.</param>
internal sealed class FixedPartStep(FixedFeatures features, PlanBuffer[] targets, int? rank) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads => [];

    public override IReadOnlyList<Touch> Writes { get; } = [.. targets.Select(t => new Touch(t, Access.Aligned))];

    public override double Cost { get; } = features.RowCost * targets[0].Rows;

    /// <summary>Rows go through the fixed part one or a few at a time anyway.</summary>
    public override int LeastRows => 1;

    public override void Run(in Block block, StepContext context)
        => features.Fill(rank ?? block.Rank, context.Inputs!, context.Rows.AsSpan(block.Start, block.End - block.Start), targets, block.Start);

    public override string ToString() => "fixed part";
}
