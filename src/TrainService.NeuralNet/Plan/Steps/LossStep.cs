using TrainService.NeuralNet.Losses;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>Loss of each row, and its gradient divided by the rows of the batch (Keras's sum_over_batch_size).</summary>
internal sealed unsafe class LossStep(Loss loss, PlanBuffer output, PlanBuffer target, PlanBuffer? gradient, int outputLength) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = [new(output, Access.RowsOnly), new(target, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = gradient is null ? [new(target, Access.RowsOnly)] : [new(gradient, Access.RowsOnly)];

    public override void Run(in Block block, StepContext context)
    {
        for (int r = block.Start; r < block.End; r++)
        {
            ReadOnlySpan<float> prediction = new(output.Row(r), outputLength), wanted = new(target.Row(r), target.RowLength);
            if (gradient is null)
            {
                context.RowLoss[r] = loss.Value(prediction, wanted);
                if (!double.IsFinite(context.RowLoss[r])) context.Rejected = true;
                continue;
            }

            Span<float> row = new(gradient.Row(r), gradient.Stride);
            // What pads the row reaches the weight gradient's padding: it must be zero.
            row[outputLength..].Clear();
            context.RowLoss[r] = loss.ValueAndGradient(prediction, wanted, row[..outputLength], context.RowWeight[r] / output.Rows);
            if (!double.IsFinite(context.RowLoss[r])) context.Rejected = true;
        }
    }

    public override string ToString() => "loss";
}
