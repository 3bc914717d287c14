using System.Globalization;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Running;

/// <summary>Makes the metrics that a job asks for; which kind some are follows from the loss and the number of outputs.</summary>
internal static class MetricChoice
{
    /// <summary>Those that make no sense for such targets are errors at their place, and left out.</summary>
    public static IReadOnlyList<Metric> Of(IReadOnlyList<ComponentValue> asked, Loss loss, long outputs, SpecErrors errors)
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
                errors.Add($"/metrics/{i.ToString(CultureInfo.InvariantCulture)}", "conflict", ArgumentConflictException.Plain(e), asked[i].Descriptor.Name);
            }
        }
        return metrics;
    }
}
