using TrainService.Specification;

namespace TrainService.NeuralNet.Metrics;

/// <summary>How figures of several classes become one.</summary>
public enum ClassAverage
{
    /// <summary>The plain mean over classes.</summary>
    Macro,

    /// <summary>From the counts of all classes together.</summary>
    Micro,

    /// <summary>The mean weighted by how often each class occurs.</summary>
    Weighted,
}

/// <summary>2 · precision · recall / (precision + recall), with 1e-7 added to each denominator, as in Keras.</summary>
public sealed class F1Score(int classes, float? threshold, ClassAverage average) : HitCounts("f1", classes, threshold)
{
    private const double Epsilon = 1e-7;

    public static ComponentDescriptor<MetricFactory> Descriptor { get; } = new("f1", a => (loss, outputLength) => new F1Score(
        outputLength,
        (float?)a.OptionalNumber("threshold") ?? (outputLength == 1 ? 0.5f : null),
        a.Text("average") switch { "micro" => ClassAverage.Micro, "weighted" => ClassAverage.Weighted, _ => ClassAverage.Macro }))
    {
        KerasName = "F1Score",
        Aliases = ["f1_score"],
        Summary = "The harmonic mean of precision and recall.",
        Advice = "When classes are of very different sizes.",
        Source = "van Rijsbergen 1979; Keras F1Score",
        Arguments =
        [
            Arg.Choice("average", "How the figures of several classes become one.",
                "macro", "macro", "micro", "weighted"),
            Arg.Number("threshold", "A prediction above it is a yes; null: 0.5 for one output, the largest of several.",
                min: 0, max: 1, nullable: true),
        ],
    };

    /// <inheritdoc/>
    public override double Result(ReadOnlySpan<double> state)
    {
        if (average == ClassAverage.Micro)
        {
            (double tp, double fp, double fn) = Sum(state);
            return Score(tp, fp, fn);
        }
        double sum = 0, weights = 0;
        for (int i = 0; i < state.Length; i += 3)
        {
            double weight = average == ClassAverage.Weighted ? state[i] + state[i + 2] : 1;
            sum += weight * Score(state[i], state[i + 1], state[i + 2]);
            weights += weight;
        }
        return weights > 0 ? sum / weights : 0;
    }

    private static double Score(double tp, double fp, double fn)
    {
        double precision = tp / (tp + fp + Epsilon), recall = tp / (tp + fn + Epsilon);
        return 2 * precision * recall / (precision + recall + Epsilon);
    }
}
