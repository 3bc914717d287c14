using TrainService.NeuralNet.Regularizers;

namespace TrainService.NeuralNet.Plan.Steps;

/// <summary>The penalty of each row's outputs, a double in its row of <c>penalties</c>; gaps between pixels don't count.</summary>
internal sealed unsafe class ActivityPenaltyStep(Value value, Regularizer regularizer, PlanBuffer penalties) : PlanStep
{
    /// <summary>Floats that hold a row's penalty.</summary>
    public const int RowLength = sizeof(double) / sizeof(float);

    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = [new(value.Buffer, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(penalties, Access.RowsOnly)];

    public override double Cost => value.Buffer.Length * 0.5;

    public override void Run(in Block block, StepContext context)
    {
        (int pixels, int length) = ActivityRows.Of(value);
        for (int r = block.Start; r < block.End; r++)
        {
            double sum = 0;
            for (int p = 0; p < pixels; p++) sum += regularizer.Penalty(new ReadOnlySpan<float>(value.Buffer.Row(r) + ((long)p * value.ChannelStride), length));
            *(double*)penalties.Row(r) = sum;
        }
    }

    public override string ToString() => "activity penalty";
}

/// <summary>dy += d penalty / dy / rows of the batch.</summary>
internal sealed unsafe class ActivityPenaltyGradientStep(Value value, Regularizer regularizer, PlanBuffer dy, bool accumulate) : PlanStep
{
    public override Domains Domains => Domains.Rows;

    public override IReadOnlyList<Touch> Reads { get; } = [new(value.Buffer, Access.RowsOnly), new(dy, Access.RowsOnly)];

    public override IReadOnlyList<Touch> Writes { get; } = [new(dy, Access.RowsOnly)];

    public override double Cost => dy.Length * 0.5;

    public override void Run(in Block block, StepContext context)
    {
        (int pixels, int length) = ActivityRows.Of(value);
        float share = 1f / dy.Rows;
        for (int r = block.Start; r < block.End; r++)
        {
            if (!accumulate) new Span<float>(dy.Row(r), dy.Stride).Clear();
            for (int p = 0; p < pixels; p++)
            {
                long at = (long)p * value.ChannelStride;
                regularizer.AddGradient(new ReadOnlySpan<float>(value.Buffer.Row(r) + at, length), share, new Span<float>(dy.Row(r) + at, length));
            }
        }
    }

    public override string ToString() => "activity penalty'";
}

/// <summary>A row as stretches without gaps.</summary>
internal static class ActivityRows
{
    public static (int Pixels, int Length) Of(Value value)
        => value.IsCompact ? (1, checked((int)value.Shape.Size)) : (value.Pixels, value.Channels);
}
