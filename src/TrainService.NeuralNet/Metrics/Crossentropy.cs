using TrainService.NeuralNet.Losses;
using TrainService.Specification;

namespace TrainService.NeuralNet.Metrics;

/// <summary>
/// The cross-entropy, whichever suits: one output: binary; class indices for several: sparse categorical; else categorical. As Keras resolves "crossentropy", from probabilities.
/// </summary>
public static class Crossentropy
{
    private const string Wire = "crossentropy";

    public static ComponentDescriptor<MetricFactory> Descriptor { get; } = new(Wire, _ => (loss, outputLength) => new LossMetric(Wire,
        outputLength == 1 ? new BinaryCrossentropy(0)
        : Rows.IsSparse(loss, outputLength) ? new SparseCategoricalCrossentropy(false, 0)
        : new CategoricalCrossentropy(false, 0)))
    {
        Aliases = ["ce"],
        Summary = "The cross-entropy of the right answers, by shape: binary, categorical or sparse categorical.",
        Advice = "To watch how sure a classifier is, when it is trained on another loss or with label smoothing.",
        Source = "Keras, metrics resolved by shape",
    };
}
