using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Callbacks;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Pruning;
using TrainService.NeuralNet.Schedules;

namespace TrainService.Training.Running;

/// <summary>Everything that a run needs, made of a resolved spec.</summary>
internal sealed record TrainingPlan
{
    public required JobSpec Spec { get; init; }

    public required Network Network { get; init; }

    public required Loss Loss { get; init; }

    public required IReadOnlyList<Metric> Metrics { get; init; }

    public required Optimizer Optimizer { get; init; }

    public IReadOnlyList<Callback> Callbacks { get; init; } = [];

    /// <summary>Null: the optimizer's rate stays.</summary>
    public Schedule? Schedule { get; init; }

    /// <summary>Null: no weights are set to zero.</summary>
    public PruningSchedule? Pruning { get; init; }
}
