using TrainService.Specification;

namespace TrainService.NeuralNet.Metrics;

/// <summary>
/// The share of right answers. What is right follows from the shapes, as in Keras: one output: <see cref="BinaryAccuracy"/>; class indices
/// for several: <see cref="SparseCategoricalAccuracy"/>; else <see cref="CategoricalAccuracy"/>, even with binary cross-entropy.
/// </summary>
public static class Accuracy
{
    private const string Wire = "accuracy";

    public static ComponentDescriptor<MetricFactory> Descriptor { get; } = new(Wire, _ => (loss, outputLength) =>
        outputLength == 1 ? new BinaryAccuracy(Wire, 0.5f)
        : Rows.IsSparse(loss, outputLength) ? new SparseCategoricalAccuracy(Wire)
        : new CategoricalAccuracy(Wire))
    {
        Aliases = ["acc"],
        Summary = "The share of right answers: by the threshold 0.5 for one output, by the largest of several.",
        Advice = "The figure to watch for a classifier, unless classes are of very different sizes: then f1 or auc.",
        Source = "Keras, metrics resolved by shape",
    };
}
