using TrainService.NeuralNet.Callbacks;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Schedules;

namespace TrainService.Training.Running;

/// <summary>What a run needs for one phase.</summary>
internal sealed record PhasePlan
{
    /// <summary>From 0.</summary>
    public required int Index { get; init; }

    /// <summary>At most; early stopping may end it before.</summary>
    public required int Epochs { get; init; }

    public required int BatchSize { get; init; }

    /// <summary>With the layers frozen that are frozen in this phase.</summary>
    public required Network Network { get; init; }

    public required Optimizer Optimizer { get; init; }

    /// <summary>It goes on with the optimizer of the phase before: its slots, its count of updates, and the rate that plateaus have reduced it to.</summary>
    public bool KeepsOptimizer { get; init; }

    /// <summary>Null: the optimizer's rate stays.</summary>
    public Schedule? Schedule { get; init; }

    /// <summary>The phase at whose beginning the schedule's count began: this one, or one before that it goes on from.</summary>
    public required int ScheduleSince { get; init; }

    /// <summary>Epochs that the schedule has seen before this phase, should none of the phases before it end early.</summary>
    public int ScheduleEpochsBefore { get; init; }

    /// <summary>Epochs of all phases that the schedule spans.</summary>
    public required int ScheduleEpochs { get; init; }

    public IReadOnlyList<Callback> Callbacks { get; init; } = [];

    public int StepsPerEpoch(int rows) => (int)(((long)rows + BatchSize - 1) / BatchSize);

    /// <summary>The rate of an update; as far as plateaus leave it alone.</summary>
    /// <param name="baseRate">The optimizer's, or what plateaus have reduced it to.</param>
    /// <param name="epochsBefore">Epochs that the schedule has seen in the phases before this one.</param>
    /// <param name="step">Steps of this phase done before.</param>
    public float RateAt(float baseRate, int epochsBefore, long step, int stepsPerEpoch)
        => Schedule?.RateAt(((long)epochsBefore * stepsPerEpoch) + step, Context(baseRate, stepsPerEpoch)) ?? baseRate;

    /// <summary>The momentum of an update when the schedule sets it, else null.</summary>
    /// <inheritdoc cref="RateAt"/>
    public float? MomentumAt(int epochsBefore, long step, int stepsPerEpoch)
        => Schedule?.MomentumAt(((long)epochsBefore * stepsPerEpoch) + step, Context((float)Optimizer.LearningRate, stepsPerEpoch));

    // With other batch sizes in phases before, the schedule's steps are counted in those of this phase, so that epochs stay epochs.
    private ScheduleContext Context(float baseRate, int stepsPerEpoch) => new(baseRate, stepsPerEpoch, (long)stepsPerEpoch * ScheduleEpochs);
}
