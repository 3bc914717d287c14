using TrainService.NeuralNet.Losses;

namespace TrainService.NeuralNet.Metrics;

/// <summary>A metric of one output of several: "main_mae" is the mae of the output "main".</summary>
public sealed class PartMetric(Metric inner, OutputLoss part) : Metric
{
    /// <inheritdoc/>
    public override string Name { get; } = $"{part.Name}_{inner.Name}";

    /// <inheritdoc/>
    public override bool HigherIsBetter => inner.HigherIsBetter;

    /// <inheritdoc/>
    public override int StateLength => inner.StateLength;

    /// <inheritdoc/>
    public override void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, float weight, bool logits, Span<double> state)
        => inner.Add(part.Of(prediction), part.TargetOf(target), weight, logits, state);

    /// <inheritdoc/>
    public override double Result(ReadOnlySpan<double> state) => inner.Result(state);
}

/// <summary>A metric over all positions of an output with more than one axis: each stretch of the last axis counts as a row.</summary>
public sealed class PositionwiseMetric(Metric inner, int positions, int length) : Metric
{
    /// <inheritdoc/>
    public override string Name => inner.Name;

    /// <inheritdoc/>
    public override bool HigherIsBetter => inner.HigherIsBetter;

    /// <inheritdoc/>
    public override bool TakesLogits => inner.TakesLogits;

    /// <inheritdoc/>
    public override int StateLength => inner.StateLength;

    /// <inheritdoc/>
    public override void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, float weight, bool logits, Span<double> state)
    {
        int each = target.Length / positions;
        for (int p = 0; p < positions; p++) inner.Add(prediction.Slice(p * length, length), target.Slice(p * each, each), weight, logits, state);
    }

    /// <inheritdoc/>
    public override double Result(ReadOnlySpan<double> state) => inner.Result(state);
}
