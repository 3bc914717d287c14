using TrainService.NeuralNet.Catalog;
using TrainService.NeuralNet.Losses;

namespace TrainService.NeuralNet.Metrics;

/// <summary>Makes metrics for a given loss and number of outputs.</summary>
public static class MetricResolver
{
    /// <summary>The metric <paramref name="name"/> with its defaults.</summary>
    /// <exception cref="KeyNotFoundException">There is no such metric.</exception>
    /// <exception cref="ArgumentException">It makes no sense for the targets that this loss takes.</exception>
    public static Metric Resolve(string name, Loss loss, int outputLength)
        => ((MetricFactory)Registries.All.WithDefaults("metric", name).Create())(loss, outputLength);
}
