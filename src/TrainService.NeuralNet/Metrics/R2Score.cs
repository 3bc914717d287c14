using TrainService.Specification;

namespace TrainService.NeuralNet.Metrics;

/// <summary>
/// 1 - Σ (t - p)² / Σ (t - mean t)² for each output, then their mean. State [Σ w, and for each output Σ w t, Σ w t², Σ w (t - p)²].
/// An output whose target never changes counts as 0, unless it was always met: then there is no figure.
/// </summary>
public sealed class R2Score(int outputs) : Metric
{
    public static ComponentDescriptor<MetricFactory> Descriptor { get; } = new("r2",
        _ => (loss, outputLength) => Rows.IsSparse(loss, outputLength)
            ? throw new ArgumentException("r2 takes a target for each output, but this loss takes class indices.")
            : new R2Score(outputLength))
    {
        KerasName = "R2Score",
        Aliases = ["r2_score"],
        Summary = "The share of the target's variance that the model explains: 1 is perfect, 0 no better than the mean.",
        Advice = "To compare regressions of different targets.",
        Source = "Wright 1921; Keras R2Score",
    };

    /// <inheritdoc/>
    public override string Name => "r2";

    /// <inheritdoc/>
    public override int StateLength => 1 + (3 * outputs);

    /// <inheritdoc/>
    public override void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, float weight, bool logits, Span<double> state)
    {
        state[0] += weight;
        for (int i = 0; i < outputs; i++)
        {
            double t = target[i], e = t - prediction[i];
            state[1 + (3 * i)] += weight * t;
            state[2 + (3 * i)] += weight * t * t;
            state[3 + (3 * i)] += weight * e * e;
        }
    }

    /// <inheritdoc/>
    public override double Result(ReadOnlySpan<double> state)
    {
        double total = 0;
        for (int i = 0; i < outputs; i++)
        {
            double sum = state[1 + (3 * i)], variance = state[2 + (3 * i)] - (sum * sum / state[0]);
            double score = 1 - (state[3 + (3 * i)] / variance);
            total += double.IsInfinity(score) ? 0 : score;
        }
        return total / outputs;
    }
}
