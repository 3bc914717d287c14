using TrainService.Specification;

namespace TrainService.NeuralNet.Metrics;

/// <summary>tp / (tp + fn).</summary>
public sealed class Recall(int classes, float? threshold) : HitRatio("recall", classes, threshold, misses: 2)
{
    public static ComponentDescriptor<MetricFactory> Descriptor { get; } = new("recall",
        a => (loss, outputLength) => new Recall(outputLength, Threshold(a.OptionalNumber("thresholds"), loss, outputLength)))
    {
        KerasName = "Recall",
        Summary = "How many of the true cases are found; for several classes the mean over them.",
        Advice = "When a missed case is costly.",
        Source = "Keras Recall",
        Arguments =
        [
            Arg.Number("thresholds", "A prediction above it is a yes; null: 0.5, or the largest output when targets are class indices.",
                min: 0, max: 1, nullable: true) with { Aliases = ["threshold"] },
        ],
    };
}
