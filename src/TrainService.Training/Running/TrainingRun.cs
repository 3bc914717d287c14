using System.Text.Json.Nodes;
using TrainService.Data;
using TrainService.Data.Requests;
using TrainService.Formats;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.NeuralNet.Schedules;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Threading;
using TrainService.Training.Checkpoints;
using TrainService.Training.Reuse;

namespace TrainService.Training.Running;

/// <summary>
/// Epochs and steps of one run, on the thread that calls <see cref="Run"/>. Everything that leaves it goes through the reporter, in order.
/// What it does next depends on the network's state, the optimizer's slots and <see cref="ResumeState"/> alone.
/// </summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly TrainingPlan _plan;
    private readonly Split _train;
    private readonly RunIdentity _identity;
    private readonly RunReporter _reporter;
    private readonly RunWatch _watch;
    private readonly CheckpointKeeper _keeper;
    private readonly ICheckpointStore _checkpoints;
    private readonly RunClock _clock;
    private readonly NetworkState _state;
    private readonly TrainingSession _session;
    private readonly Validator? _validator;
    private readonly CallbackSet _callbacks;
    private readonly EpochOrder _order;
    private readonly ReadOnlyMemory<float> _rowWeights;
    private readonly ProgressMeter _meter;
    private readonly ScheduleContext _schedule;
    private readonly SaveSlot _checkpointSlot, _resumeSlot;
    private readonly TensorSnapshot? _best;

    private int _epoch, _step, _bestEpoch;
    private double _gradientNorm = double.NaN;
    private JsonObject _figures = [], _bestFigures = [];
    private string? _stopReason;

    public TrainingRun(TrainingPlan plan, PreparedData data, ComputeTeam team, RunIdentity identity, RunReporter reporter, RunWatch watch,
        CheckpointKeeper keeper, ICheckpointStore checkpoints, RunClock clock, TimeProvider time)
    {
        (_plan, _train, _identity, _reporter, _watch, _keeper, _checkpoints, _clock) = (plan, data.Train, identity, reporter, watch, keeper, checkpoints, clock);
        Epochs = plan.Spec.Epochs;
        StepsPerEpoch = (int)(((long)_train.Count + plan.Spec.BatchSize - 1) / plan.Spec.BatchSize);
        _state = new NetworkState(plan.Network);
        _state.Initialize(plan.Spec.Seed);
        _session = new TrainingSession(_state, new TrainingOptions
        {
            Loss = plan.Loss, Optimizer = plan.Optimizer, Metrics = plan.Metrics, BatchSize = Math.Min(plan.Spec.BatchSize, _train.Count), Seed = plan.Spec.Seed,
            Pruning = plan.Pruning,
        }, team);
        _validator = data.Validation is { Count: > 0 } validation ? new Validator(plan, _state, validation, team) : null;
        _callbacks = new CallbackSet(plan);
        _order = new EpochOrder(_train.Count, plan.Spec.Seed, plan.Spec.Shuffle);
        _rowWeights = RowWeights.Of(_train, data.Target, plan.Spec.ClassWeight);
        _meter = new ProgressMeter(Epochs, StepsPerEpoch, _train.Count, time);
        _schedule = new ScheduleContext(plan.Optimizer.LearningRate, StepsPerEpoch, (long)StepsPerEpoch * Epochs);
        if (_callbacks.RemembersBest) _best = TensorSnapshot.OfWeights(_state, ResumePoint.Best);
        _checkpointSlot = new SaveSlot(reporter, TensorSnapshot.OfWeights(_state), beside: false);
        _resumeSlot = new SaveSlot(reporter, ResumeSnapshots(), beside: true);
    }

    public int Epochs { get; }

    public int StepsPerEpoch { get; }

    public NeuralNet.Graph.Network Network => _plan.Network;

    public JobProgress Progress => _meter.At(_epoch, _step);

    /// <summary>Lays the weights of other layers' training over the start values that were drawn.</summary>
    /// <returns>What was taken.</returns>
    public WeightReport StartFrom(IReadOnlyList<NamedArray> arrays) => WeightLoader.Load(_state, arrays);

    /// <summary>Takes up a run where it was left.</summary>
    public void Restore(ResumeState saved, IReadOnlyDictionary<string, NamedArray> tensors)
    {
        ResumePoint.Restore(_state, tensors, ResumePoint.Weights);
        ResumePoint.Restore(_session.Slots, tensors);
        _session.Iterations = saved.Iterations;
        _session.Totals.Restore(saved.Totals);
        _callbacks.Restore(saved.Callbacks);
        (_epoch, _step, _bestEpoch, _gradientNorm) = (saved.Epoch, saved.Step, saved.BestEpoch, saved.GradientNorm);
        if (_best is not null && _bestEpoch > 0) _best.Fill(tensors);
        if (saved.Figures.Length > 0) _figures = JsonNode.Parse(saved.Figures)!.AsObject();
        if (saved.BestFigures.Length > 0) _bestFigures = JsonNode.Parse(saved.BestFigures)!.AsObject();
        _clock.Restore(saved.TrainedSeconds, saved.EpochSeconds);
    }

    /// <summary>Trains until the end or an interruption. May be called again after <see cref="RunEndKind.Paused"/>.</summary>
    /// <exception cref="TrainingFailedException">The loss or the weights are no finite numbers any more.</exception>
    public RunEnd Run()
    {
        while (_epoch < Epochs && _stopReason is null)
        {
            if (TrainEpoch() is { } interrupted) return interrupted;
            EndEpoch();
        }
        return Finish();
    }

    public void Dispose()
    {
        _validator?.Dispose();
        _session.Dispose();
        _state.Dispose();
    }

    private RunEnd? TrainEpoch()
    {
        ReadOnlySpan<int> rows = _order.Of(_epoch);
        int batch = _plan.Spec.BatchSize;
        while (_step < StepsPerEpoch)
        {
            if (Interruption() is { } interrupted) return interrupted;
            int begin = _step * batch, count = Math.Min(batch, rows.Length - begin);
            bool last = _step == StepsPerEpoch - 1;
            try
            {
                _session.Step(_train.Inputs, _train.Targets, _rowWeights, rows.Slice(begin, count), RateAt(_session.Iterations), Momentum(), gatherNorm: last);
            }
            catch (NonFiniteLossException e)
            {
                throw new TrainingFailedException($"The loss was no finite number any more in epoch {_epoch + 1}, batch {_step + 1} ({e.Message}) "
                    + "A lower learning rate, gradient clipping or scaled inputs help.");
            }
            if (last) _gradientNorm = _session.GradientNorm;
            _step++;
            if (_meter.Count(count)) SayProgress();
            if (_clock.ResumePointIsDue) SaveResumePoint(wait: false);
        }
        return null;
    }

    /// <param name="iteration">Updates done before.</param>
    private float RateAt(long iteration) => _plan.Schedule?.RateAt(iteration, _schedule with { BaseRate = _callbacks.BaseRate }) ?? _callbacks.BaseRate;

    private float? Momentum() => _plan.Schedule?.MomentumAt(_session.Iterations, _schedule);

    private RunEnd? Interruption()
    {
        if (_reporter.Failure is not null) _reporter.Flush();
        switch (_watch.Current)
        {
            case Interrupt.Stop:
                SaveFinal("The user stopped it.");
                return new RunEnd(RunEndKind.Stopped, $"Stopped by the user after {Where()}.");
            case Interrupt.Pause:
                SaveResumePoint(wait: true);
                return new RunEnd(RunEndKind.Paused, $"Paused by the user after {Where()}.");
            case Interrupt.Shutdown:
                SaveResumePoint(wait: true);
                return new RunEnd(RunEndKind.ShutDown, $"The service was shut down after {Where()}; the job goes on when it is back.");
            case Interrupt.Lost:
                return new RunEnd(RunEndKind.Lost);
        }
        if (_plan.Spec.MaxRuntimeSeconds is not { } limit || _clock.TrainedSeconds < limit) return null;
        SaveFinal("The time limit was reached.");
        return new RunEnd(RunEndKind.Stopped, $"Stopped after {Where()}: it has trained for {limit:0.###} seconds, its limit.");
    }

    private void EndEpoch()
    {
        float rate = RateAt(_session.Iterations - 1);
        double trainingSeconds = _clock.EpochSeconds;
        var figures = new List<KeyValuePair<string, double>>(_session.Totals.ToDictionary());
        figures.AddRange(_session.Sparsity());
        if (_validator is not null) figures.AddRange(_validator.Measure());
        double seconds = _clock.EndEpoch();
        _epoch++;
        _step = 0;
        _session.Totals.Reset();
        EpochVerdict verdict = _callbacks.AtEpochEnd(_epoch - 1, figures.ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal));
        _figures = RunEvents.Figures(figures);
        if (verdict.IsBest) Remember();
        _stopReason = verdict.StopReason;
        _reporter.Report(new RunReport(_identity.JobId, _identity.RunToken)
        {
            Events =
            [
                RunEvents.Epoch(_epoch,
                [
                    .. figures, new("learning_rate", rate), new("duration_seconds", Math.Round(seconds, 6)),
                    new("samples_per_second", Math.Round(_train.Count / Math.Max(trainingSeconds, 1e-9), 1)),
                    new("gradient_norm", _gradientNorm), new("weight_norm", _session.WeightNorm()),
                ]),
                .. verdict.Notes.Select(n => RunEvents.Log(n, $"log:{_epoch}:{n}")),
            ],
            Progress = _meter.At(_epoch, 0),
            LatestJson = RunEvents.Text(_figures),
        });
        bool ends = _stopReason is not null || _epoch == Epochs;
        if (!ends && _plan.Spec.Checkpoint.EveryEpochs is { } every && _epoch % every == 0) SaveCheckpoint("epoch", _figures);
    }

    private void Remember()
    {
        _bestEpoch = _epoch;
        _bestFigures = _figures;
        _best?.Take();
    }

    private RunEnd Finish()
    {
        string? reason = _stopReason;
        JsonObject figures = _figures;
        // Keras's order: the average takes the weights' place first, then a callback may put back the best ones.
        bool averages = TakeAverage(ref figures);
        if (_best is not null && _bestEpoch > 0 && (_bestEpoch != _epoch || averages))
        {
            _best.PutBack(_state);
            figures = _bestFigures;
            reason = $"{reason ?? "All epochs are done."} The weights of epoch {_bestEpoch}, the best one, were put back.";
        }
        SaveCheckpoint("final", figures);
        _reporter.Flush();
        return new RunEnd(RunEndKind.Finished, reason);
    }

    private void SaveFinal(string why)
    {
        _reporter.Report(new RunReport(_identity.JobId, _identity.RunToken) { Events = [RunEvents.Log(why)], Progress = _meter.At(_epoch, _step) });
        JsonObject figures = _figures;
        TakeAverage(ref figures);
        SaveCheckpoint("final", figures);
        _reporter.Flush();
    }

    /// <summary>Where a moving average of the weights is kept, the last weights are the average. What validation says of it goes with its checkpoint.</summary>
    private bool TakeAverage(ref JsonObject figures)
    {
        if (_plan.Optimizer.Settings.Average is null) return false;
        _session.TakeAverage();
        if (_validator is null) return true;
        JsonObject measured = RunEvents.Figures(_validator.Measure());
        figures = (JsonObject)figures.DeepClone();
        foreach ((string name, JsonNode? value) in measured) figures[name] = value?.DeepClone();
        _reporter.Report(new RunReport(_identity.JobId, _identity.RunToken)
        {
            Events = [RunEvents.Log($"The moving average of the weights took their place: {RunEvents.Text(measured)}.", "log:average")],
        });
        return true;
    }

    private void SaveCheckpoint(string reason, JsonObject figures)
    {
        (int epoch, long step) = (_epoch, _session.Iterations);
        var copy = (JsonObject)figures.DeepClone();
        _checkpointSlot.Save(wait: true, RejectNonFinite, snapshot => _keeper.SaveAsync(snapshot, epoch, step, reason, copy));
    }

    private void SaveResumePoint(bool wait)
    {
        ResumeState state = Capture();
        bool saved = _resumeSlot.Save(wait, _ => { }, snapshot => _checkpoints.SaveResumePointAsync(_identity.JobId, _identity.RunToken, (stream, _) =>
        {
            ResumePoint.Write(stream, state, snapshot.Arrays);
            return Task.CompletedTask;
        }, CancellationToken.None));
        if (saved) _clock.ResumePointTaken();
        if (wait) _reporter.Flush();
    }

    private ResumeState Capture() => new()
    {
        Spec = _identity.SpecHash,
        Epoch = _epoch,
        Step = _step,
        Iterations = _session.Iterations,
        TrainedSeconds = _clock.TrainedSeconds,
        EpochSeconds = _clock.EpochSeconds,
        GradientNorm = _gradientNorm,
        Totals = _session.Totals.Save(),
        Callbacks = _callbacks.Save(),
        BestEpoch = _bestEpoch,
        Figures = RunEvents.Text(_figures),
        BestFigures = RunEvents.Text(_bestFigures),
    };

    private TensorSnapshot ResumeSnapshots()
    {
        List<TensorSnapshot> parts = [TensorSnapshot.OfWeights(_state, ResumePoint.Weights), TensorSnapshot.OfSlots(_session.Slots, ResumePoint.Slots)];
        if (_best is not null) parts.Add(TensorSnapshot.OfSnapshot(_best));
        return TensorSnapshot.Of(parts);
    }

    private void RejectNonFinite(TensorSnapshot snapshot)
    {
        if (snapshot.FindNonFinite() is { } tensor)
            throw new TrainingFailedException($"'{tensor}' holds numbers that are not finite after epoch {_epoch}: nothing of it was saved. A lower learning rate or gradient clipping help.");
    }

    private void SayProgress()
    {
        JobProgress progress = _meter.At(_epoch, _step);
        _reporter.Report(new RunReport(_identity.JobId, _identity.RunToken)
        {
            Events = [RunEvents.Progress(progress, _session.Totals.ToDictionary())],
            Progress = progress,
        });
    }

    private string Where() => _step == 0 ? $"epoch {_epoch}" : $"{_epoch} epochs and {_step} steps";
}
