using TrainService.Specification;

namespace TrainService.NeuralNet.Metrics;

/// <summary>The share of rows whose largest output is that of the class the target names.</summary>
public sealed class SparseCategoricalAccuracy(string name) : MeanMetric(name)
{
    public static ComponentDescriptor<MetricFactory> Descriptor { get; } = new("sparse_categorical_accuracy",
        _ => (loss, outputLength) => Rows.IsSparse(loss, outputLength)
            ? new SparseCategoricalAccuracy("sparse_categorical_accuracy")
            : throw new ArgumentException("sparse_categorical_accuracy takes class indices, this loss doesn't: ask for accuracy."))
    {
        KerasName = "SparseCategoricalAccuracy",
        Summary = "The share of rows whose class is right, for class numbers as targets.",
        Advice = "Ask for accuracy instead: it finds out by itself.",
        Source = "Keras SparseCategoricalAccuracy",
    };

    /// <inheritdoc/>
    public override bool TakesLogits => true;

    /// <inheritdoc/>
    protected override double Of(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
        => Rows.ArgMax(prediction) == (int)target[0] ? 1 : 0;
}
