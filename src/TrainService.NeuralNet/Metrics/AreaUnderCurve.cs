using TrainService.Specification;

namespace TrainService.NeuralNet.Metrics;

/// <summary>How the area between two thresholds is taken.</summary>
public enum AreaRule
{
    /// <summary>By the mean height; for PR by the interpolation of Davis and Goadrich 2006.</summary>
    Interpolation,

    /// <summary>By the lesser height.</summary>
    Minoring,

    /// <summary>By the greater height.</summary>
    Majoring,
}

/// <summary>
/// Area under the curve of recall over the false-positive rate (ROC), or of precision over recall (PR), through evenly spaced thresholds
/// from just below 0 to just above 1. State: positives, then negatives, by how many thresholds their prediction passes.
/// </summary>
public sealed class AreaUnderCurve(bool precisionRecall, int thresholds, AreaRule rule) : Metric
{
    public static ComponentDescriptor<MetricFactory> Descriptor { get; } = new("auc",
        a => (loss, outputLength) => Rows.IsSparse(loss, outputLength)
        ? throw new ArgumentException("auc takes a target of 0 or 1 for each output, but this loss takes class indices.")
        : new AreaUnderCurve(a.Text("curve") == "PR", a.Integer("num_thresholds"), a.Text("summation_method") switch
        {
            "minoring" => AreaRule.Minoring,
            "majoring" => AreaRule.Majoring,
            _ => AreaRule.Interpolation,
        }))
    {
        KerasName = "AUC",
        Summary = "How well positives are told from negatives, whatever the threshold: 1 is perfect, 0.5 (ROC) is guessing.",
        Advice = "For yes-or-no questions with a sigmoid output; PR when yes is rare.",
        Source = "Keras AUC; Davis, Goadrich 2006",
        Arguments =
        [
            Arg.Choice("curve", "ROC or PR.", "ROC", "ROC", "PR"),
            Arg.Integer("num_thresholds", "Points of the curve.", 200, min: 2, max: 100_000),
            Arg.Choice("summation_method", "How the area between two points is taken.",
                "interpolation", "interpolation", "minoring", "majoring"),
        ],
    };

    /// <inheritdoc/>
    public override string Name => precisionRecall ? "pr_auc" : "auc";

    /// <inheritdoc/>
    public override int StateLength => 2 * (thresholds + 1);

    /// <inheritdoc/>
    public override void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, float weight, bool logits, Span<double> state)
    {
        for (int i = 0; i < prediction.Length; i++)
        {
            // Threshold k > 0 is k / (n - 1), and is passed by what is greater; the first one by everything, the last by nothing.
            int passed = Math.Clamp((int)MathF.Ceiling(prediction[i] * (thresholds - 1)), 1, thresholds - 1);
            state[(target[i] != 0 ? 0 : thresholds + 1) + passed] += weight;
        }
    }

    /// <inheritdoc/>
    public override double Result(ReadOnlySpan<double> state)
    {
        ReadOnlySpan<double> positives = state[..(thresholds + 1)], negatives = state[(thresholds + 1)..];
        double area = 0, tp = 0, fp = 0, allPositives = Sum(positives), allNegatives = Sum(negatives);
        if (allPositives + allNegatives == 0) return double.NaN;
        // From the highest threshold, which nothing passes, to the lowest.
        for (int passed = thresholds; passed > 0; passed--)
        {
            (double nextTp, double nextFp) = (tp + positives[passed], fp + negatives[passed]);
            area += precisionRecall
                ? PrecisionRecallArea(tp, fp, nextTp, nextFp, allPositives)
                : (Share(nextFp, allNegatives) - Share(fp, allNegatives)) * Height(Share(tp, allPositives), Share(nextTp, allPositives));
            (tp, fp) = (nextTp, nextFp);
        }
        return area;
    }

    private double PrecisionRecallArea(double tp, double fp, double nextTp, double nextFp, double all)
    {
        double p = tp + fp, nextP = nextTp + nextFp;
        if (rule != AreaRule.Interpolation) return (Share(nextTp, all) - Share(tp, all)) * Height(Share(tp, p), Share(nextTp, nextP));
        double gained = nextTp - tp, slope = Share(gained, nextP - p), intercept = tp - (slope * p);
        double ratio = p > 0 && nextP > 0 ? nextP / p : 1;
        return Share(slope * (gained + (intercept * Math.Log(ratio))), all);
    }

    private double Height(double a, double b) => rule switch
    {
        AreaRule.Minoring => Math.Min(a, b),
        AreaRule.Majoring => Math.Max(a, b),
        _ => (a + b) / 2,
    };

    private static double Share(double part, double whole) => whole > 0 ? part / whole : 0;

    private static double Sum(ReadOnlySpan<double> x)
    {
        double sum = 0;
        foreach (double v in x) sum += v;
        return sum;
    }
}
