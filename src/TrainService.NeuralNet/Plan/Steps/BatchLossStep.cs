using TrainService.NeuralNet.Losses;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>The loss of all rows together, and its gradient. One block: every row bears on every other, and sums stay in one order.</summary>
internal sealed unsafe class BatchLossStep(BatchLoss loss, PlanBuffer output, PlanBuffer target, PlanBuffer? gradient, int outputLength) : PlanStep
{
    private readonly BatchScratch _scratch = loss.NewScratch(output.Rows);

    public override Domains Domains => Domains.Own;

    public override IReadOnlyList<Touch> Reads { get; } = [new(output, Access.All), new(target, Access.All)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(gradient ?? target, Access.All)];

    public override double Cost => (double)output.Rows * output.Rows * outputLength;

    public override void Run(in Block block, StepContext context)
    {
        int count = output.Rows;
        BatchRows rows = new(new(output.Pointer, checked((int)output.Length)), count, outputLength, output.Stride, new(target.Pointer, checked((int)target.Length)), target.Stride);
        Span<double> rowLoss = context.RowLoss.AsSpan(0, count);
        if (gradient is null) loss.Judge(rows, rowLoss, _scratch);
        else loss.Judge(rows, rowLoss, context.RowWeight.AsSpan(0, count), new(gradient.Pointer, checked((int)gradient.Length)), _scratch);
        foreach (double value in rowLoss)
            if (!double.IsFinite(value)) context.Rejected = true;
    }

    public override string ToString() => "batch loss";
}
