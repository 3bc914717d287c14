namespace TrainService.NeuralNet.Plan.Steps.Images;

/// <summary>y[to[i]] = x[from[i]] for every number of a sample, or added to what is there.</summary>
internal sealed unsafe class ReorderStep(PlanBuffer x, int[] from, PlanBuffer y, int[] to, bool accumulate) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = accumulate ? [new(x, Access.RowsOnly), new(y, Access.RowsOnly)] : [new(x, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(y, Access.RowsOnly)];

    public override double Cost => (double)from.Length * y.Rows * 2;

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++)
        {
            float* source = x.Row(r), target = y.Row(r);
            if (!accumulate) new Span<float>(target, y.Stride).Clear();
            for (int i = 0; i < from.Length; i++) target[to[i]] += source[from[i]];
        }
    }

    public override string ToString() => "reorder";
}
