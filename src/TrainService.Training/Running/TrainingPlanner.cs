using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Callbacks;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Pruning;
using TrainService.NeuralNet.Schedules;
using TrainService.Specification.Reading;
using TrainService.Training.Models;

namespace TrainService.Training.Running;

/// <summary>Makes what a run needs out of a resolved spec.</summary>
internal static class TrainingPlanner
{
    /// <param name="inputShape">Shape of the dataset's samples.</param>
    /// <exception cref="TrainingFailedException">The dataset is not any more what the job was checked against.</exception>
    public static TrainingPlan Plan(JobSpec spec, IReadOnlyList<int> inputShape)
    {
        var errors = new SpecErrors();
        Network network = NetworkBuilder.Build((ModelDefinition)spec.Model.Create(), inputShape, errors)
            ?? throw new TrainingFailedException($"The model can't be built: {errors.All[0].Detail}");
        var loss = (Loss)spec.Loss.Create();
        IReadOnlyList<Metric> metrics = MetricChoice.Of(spec.Metrics, loss, network.OutputShape.Size, errors);
        if (errors.Any) throw new TrainingFailedException($"The metrics don't fit: {errors.All[0].Detail}");
        return new TrainingPlan
        {
            Spec = spec,
            Network = network,
            Loss = loss,
            Metrics = metrics,
            Optimizer = (Optimizer)spec.Optimizer.Create(),
            Schedule = (Schedule?)spec.Schedule?.Create(),
            Pruning = (PruningSchedule?)spec.Pruning?.Create(),
            Callbacks = [.. spec.Callbacks.Select(c => (Callback)c.Create())],
        };
    }

    /// <summary>Whether more is better of what is monitored: by the metric's own word; of a loss, less is.</summary>
    public static bool HigherIsBetter(string monitor, IReadOnlyList<Metric> metrics)
    {
        string name = monitor.StartsWith("val_", StringComparison.Ordinal) ? monitor[4..] : monitor;
        return metrics.FirstOrDefault(m => m.Name == name)?.HigherIsBetter ?? false;
    }
}
