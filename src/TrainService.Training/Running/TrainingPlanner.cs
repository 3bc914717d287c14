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
using TrainService.Training.Models.Outputs;

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
        Loss loss = NetworkLoss.Of(spec.Loss, network);
        IReadOnlyList<Metric> metrics = MetricChoice.Of(spec.Metrics, spec.WeightedMetrics, loss, network, errors);
        if (errors.Any) throw new TrainingFailedException($"The metrics don't fit: {errors.All[0].Detail}");
        IReadOnlyList<PhasePlan> phases = Phases(spec, network, errors);
        if (errors.Any) throw new TrainingFailedException($"What is frozen doesn't fit: {errors.All[0].Detail}");
        return new TrainingPlan { Spec = spec, Network = network, Loss = loss, Metrics = metrics, Phases = phases, Pruning = (PruningSchedule?)spec.Pruning?.Create() };
    }

    /// <param name="network">With the layers frozen that the model itself says.</param>
    /// <param name="errors">Layers that are to be frozen and are not there.</param>
    public static IReadOnlyList<PhasePlan> Phases(JobSpec spec, Network network, SpecErrors errors)
    {
        IReadOnlyList<Network> networks = Freezing.Apply(network, spec.Arguments, errors);
        IReadOnlyList<PhaseSpec> asked = spec.Phases;
        var phases = new List<PhasePlan>(asked.Count);
        for (int i = 0; i < asked.Count; i++)
        {
            int since = i, until = i + 1;
            while (!asked[since].NewSchedule) since--;
            while (until < asked.Count && !asked[until].NewSchedule) until++;
            phases.Add(new PhasePlan
            {
                Index = i,
                Epochs = asked[i].Epochs,
                BatchSize = asked[i].BatchSize,
                Network = networks[i],
                Optimizer = asked[i].NewOptimizer ? (Optimizer)asked[i].Optimizer!.Create() : phases[i - 1].Optimizer,
                KeepsOptimizer = !asked[i].NewOptimizer,
                Schedule = asked[i].NewSchedule ? (Schedule?)asked[i].Schedule?.Create() : phases[i - 1].Schedule,
                ScheduleSince = since,
                ScheduleEpochsBefore = asked.Skip(since).Take(i - since).Sum(p => p.Epochs),
                ScheduleEpochs = asked.Skip(since).Take(until - since).Sum(p => p.Epochs),
                Callbacks = [.. asked[i].Callbacks.Select(c => (Callback)c.Create())],
            });
        }
        return phases;
    }

    /// <summary>Whether more is better of what is monitored: by the metric's own word; of a loss, less is.</summary>
    public static bool HigherIsBetter(string monitor, IReadOnlyList<Metric> metrics)
    {
        string name = monitor.StartsWith("val_", StringComparison.Ordinal) ? monitor[4..] : monitor;
        return metrics.FirstOrDefault(m => m.Name == name)?.HigherIsBetter ?? false;
    }
}
