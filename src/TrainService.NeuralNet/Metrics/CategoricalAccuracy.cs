using TrainService.Specification;

namespace TrainService.NeuralNet.Metrics;

/// <summary>The share of rows whose largest output stands where the target's largest element does.</summary>
public sealed class CategoricalAccuracy(string name) : MeanMetric(name)
{
    public static ComponentDescriptor<MetricFactory> Descriptor { get; } = new("categorical_accuracy",
        _ => (loss, outputLength) => Rows.IsSparse(loss, outputLength)
            ? throw new ArgumentException("categorical_accuracy takes one-hot targets, this loss class indices: ask for accuracy.")
            : new CategoricalAccuracy("categorical_accuracy"))
    {
        KerasName = "CategoricalAccuracy",
        Summary = "The share of rows whose class is right, for one-hot targets.",
        Advice = "Ask for accuracy instead: it finds out by itself.",
        Source = "Keras CategoricalAccuracy",
    };

    /// <inheritdoc/>
    public override bool TakesLogits => true;

    /// <inheritdoc/>
    protected override double Of(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
        => Rows.ArgMax(prediction) == Rows.ArgMax(target) ? 1 : 0;
}
