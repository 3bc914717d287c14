using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;
using TrainService.NeuralNet.Pruning;

namespace TrainService.Training.Running;

/// <summary>Everything that a run needs, made of a resolved spec.</summary>
internal sealed record TrainingPlan
{
    public required JobSpec Spec { get; init; }

    public required Network Network { get; init; }

    public required Loss Loss { get; init; }

    public required IReadOnlyList<Metric> Metrics { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<PhasePlan> Phases { get; init; }

    /// <summary>Null: no weights are set to zero.</summary>
    public PruningSchedule? Pruning { get; init; }
}
