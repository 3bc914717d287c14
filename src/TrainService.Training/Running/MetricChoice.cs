using System.Globalization;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Running;

/// <summary>Makes the metrics that a job asks for; which kind some are follows from the loss and the number of outputs.</summary>
internal static class MetricChoice
{
    private const string WeightedBefore = "weighted_";

    /// <summary>
    /// A job's metrics, then its weighted metrics; one that is measured both ways has "weighted_" before its name. Those that make no sense for such
    /// targets are errors at their place, and left out.
    /// </summary>
    public static IReadOnlyList<Metric> Of(IReadOnlyList<ComponentValue> asked, IReadOnlyList<ComponentValue> weighted, Loss loss, long outputs, SpecErrors errors)
    {
        List<Metric> metrics = Make(asked, "/metrics", loss, outputs, errors);
        HashSet<string> plain = new(metrics.Select(m => m.Name), StringComparer.Ordinal);
        metrics.AddRange(Make(weighted, "/weighted_metrics", loss, outputs, errors).Select(m => new WeightedMetric(m, plain.Contains(m.Name) ? WeightedBefore + m.Name : m.Name)));
        return metrics;
    }

    private static List<Metric> Make(IReadOnlyList<ComponentValue> asked, string pointer, Loss loss, long outputs, SpecErrors errors)
    {
        var metrics = new List<Metric>(asked.Count);
        for (int i = 0; i < asked.Count; i++)
        {
            try
            {
                metrics.Add(((MetricFactory)asked[i].Create())(loss, checked((int)outputs)));
            }
            catch (ArgumentException e)
            {
                errors.Add($"{pointer}/{i.ToString(CultureInfo.InvariantCulture)}", "conflict", ArgumentConflictException.Plain(e), asked[i].Descriptor.Name);
            }
        }
        return metrics;
    }
}
