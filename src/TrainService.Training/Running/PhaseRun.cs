using TrainService.Data.Requests;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Threading;

namespace TrainService.Training.Running;

/// <summary>One phase at work: the network with what is frozen in it, compiled, its optimizer, its validation and its callbacks.</summary>
internal sealed class PhaseRun : IDisposable
{
    private readonly int _scheduleEpochs;

    /// <param name="starts">Epochs before each phase up to this one.</param>
    /// <param name="batches">Batches done before it.</param>
    /// <param name="before">The phase that ends here, to take its optimizer over from; null for the first, and for one that is restored.</param>
    public PhaseRun(TrainingPlan plan, PhasePlan phase, IReadOnlyList<int> starts, long batches, NetworkState state, PreparedData data, ComputeTeam team, PhaseRun? before)
    {
        Plan = phase;
        FirstEpoch = starts[phase.Index];
        _scheduleEpochs = FirstEpoch - starts[phase.ScheduleSince];
        StepsPerEpoch = phase.StepsPerEpoch(data.Train.Count);
        PhaseRun? kept = phase.KeepsOptimizer ? before : null;
        NetworkState view = state.View(phase.Network);
        Session = new TrainingSession(view, new TrainingOptions
        {
            Loss = plan.Loss, Optimizer = phase.Optimizer, Metrics = plan.Metrics, BatchSize = Math.Min(phase.BatchSize, data.Train.Count), Seed = plan.Spec.Seed,
            EarlierBatches = batches - (kept?.Session.Iterations ?? 0), Pruning = plan.Pruning,
        }, team);
        if (before is not null) Session.Slots.TakeMasks(before.Session.Slots);
        if (kept is not null)
        {
            Session.Iterations = kept.Session.Iterations;
            // What was frozen begins with empty slots, however long ago it has learned before.
            Session.Slots.GoOnFrom(kept.Session.Slots, p => p.Trainable);
        }
        Callbacks = new CallbackSet(plan.Metrics, phase, kept?.Callbacks.BaseRate ?? (float)phase.Optimizer.LearningRate);
        Validator = data.Validation is { Count: > 0 } validation ? new Validator(plan, phase.BatchSize, view, validation, team) : null;
    }

    public PhasePlan Plan { get; }

    public TrainingSession Session { get; }

    public CallbackSet Callbacks { get; }

    /// <summary>Null without validation rows.</summary>
    public Validator? Validator { get; }

    /// <summary>Epochs before it.</summary>
    public int FirstEpoch { get; }

    public int StepsPerEpoch { get; }

    /// <param name="step">Steps of this phase done before.</param>
    public float RateAt(long step) => Plan.RateAt(Callbacks.BaseRate, _scheduleEpochs, step, StepsPerEpoch);

    /// <inheritdoc cref="RateAt"/>
    public float? MomentumAt(long step) => Plan.MomentumAt(_scheduleEpochs, step, StepsPerEpoch);

    public void Dispose()
    {
        Validator?.Dispose();
        Session.Dispose();
    }
}
