using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Metrics;
using TrainService.Specification;

namespace TrainService.Training.Running;
internal static class MetricChoice
{
    public static IReadOnlyList<Metric> Of(IReadOnlyList<ComponentValue> metrics, ComponentValue loss, Network network) => [.. metrics.Select(m => (Metric)m.Create())];
}
