namespace TrainService.NeuralNet.Metrics;

/// <summary>A metric in which each row counts by its weight, as Keras's weighted_metrics: a mean is divided by the sum of the weights.</summary>
/// <param name="name">In epoch events: that of the metric, or another where the unweighted one is measured too.</param>
public sealed class WeightedMetric(Metric inner, string name) : Metric
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override bool Weighted => true;

    /// <inheritdoc/>
    public override bool HigherIsBetter => inner.HigherIsBetter;

    /// <inheritdoc/>
    public override bool TakesLogits => inner.TakesLogits;

    /// <inheritdoc/>
    public override int StateLength => inner.StateLength;

    /// <inheritdoc/>
    public override void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, float weight, bool logits, Span<double> state)
        => inner.Add(prediction, target, weight, logits, state);

    /// <inheritdoc/>
    public override double Result(ReadOnlySpan<double> state) => inner.Result(state);
}
