using TrainService.Specification;

namespace TrainService.NeuralNet.Metrics;

/// <summary>tp / (tp + fp).</summary>
public sealed class Precision(int classes, float? threshold) : HitRatio("precision", classes, threshold, misses: 1)
{
    public static ComponentDescriptor<MetricFactory> Descriptor { get; } = new("precision",
        a => (loss, outputLength) => new Precision(outputLength, Threshold(a.OptionalNumber("thresholds"), loss, outputLength)))
    {
        KerasName = "Precision",
        Summary = "How many of the yes answers are right; for several classes the mean over them.",
        Advice = "When a false alarm is costly.",
        Source = "Keras Precision",
        Arguments =
        [
            Arg.Number("thresholds", "A prediction above it is a yes; null: 0.5, or the largest output when targets are class indices.",
                min: 0, max: 1, nullable: true) with { Aliases = ["threshold"] },
        ],
    };
}
