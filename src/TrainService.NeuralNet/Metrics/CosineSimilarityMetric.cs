using TrainService.NeuralNet.Losses;
using TrainService.Specification;

namespace TrainService.NeuralNet.Metrics;

/// <summary>The mean cosine of the angle between prediction and target: the loss of that name with its sign turned, as in Keras.</summary>
public sealed class CosineSimilarityMetric() : MeanMetric("cosine_similarity")
{
    private static readonly CosineSimilarity Loss = new();

    public static ComponentDescriptor<MetricFactory> Descriptor { get; } = new("cosine_similarity",
        _ => (loss, outputLength) => Rows.IsSparse(loss, outputLength)
            ? throw new ArgumentException("cosine_similarity takes a target for each output, but this loss takes class indices.")
            : new CosineSimilarityMetric())
    {
        KerasName = "CosineSimilarity",
        Summary = "The cosine of the angle between prediction and target.",
        Advice = "For embeddings, where only the direction counts.",
        Source = "Keras CosineSimilarity",
    };

    /// <inheritdoc/>
    protected override double Of(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target) => -Loss.Value(prediction, target);
}
