using TrainService.Specification;

namespace TrainService.NeuralNet.Metrics;

/// <summary>The share of rows whose class is among the k largest outputs; ties with the k-th count as among them.</summary>
public sealed class TopKAccuracy(int k) : MeanMetric("top_k_accuracy")
{
    public static ComponentDescriptor<MetricFactory> Descriptor { get; } = new("top_k_accuracy",
        a => (_, outputLength) => outputLength > 1
            ? new TopKAccuracy(a.Integer("k"))
            : throw new ArgumentException("top_k_accuracy needs several outputs, one for each class."))
    {
        KerasName = "TopKCategoricalAccuracy",
        Aliases = ["top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy", "SparseTopKCategoricalAccuracy"],
        Summary = "The share of rows whose class is among the k most likely.",
        Advice = "With hundreds of classes, some of which are hard to tell apart.",
        Source = "Keras TopKCategoricalAccuracy",
        Arguments = [Arg.Integer("k", "How many of the largest outputs count.", 5, min: 1)],
    };

    /// <inheritdoc/>
    public override bool TakesLogits => true;

    /// <inheritdoc/>
    protected override double Of(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        float own = prediction[Rows.Truth(target, prediction.Length)];
        int larger = 0;
        foreach (float v in prediction)
            if (v > own) larger++;
        return larger < k && !float.IsNaN(own) ? 1 : 0;
    }
}
