namespace TrainService.NeuralNet.Metrics;

/// <summary>The weighted mean of a number that each row has: state [Σ weight · number, Σ weight].</summary>
public abstract class MeanMetric(string name) : Metric
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public sealed override int StateLength => 2;

    /// <inheritdoc/>
    public sealed override void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, float weight, bool logits,
        Span<double> state)
    {
        state[0] += weight * Of(prediction, target);
        state[1] += weight;
    }

    /// <inheritdoc/>
    public override double Result(ReadOnlySpan<double> state) => state[0] / state[1];

    /// <summary>The row's number.</summary>
    protected abstract double Of(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target);
}
