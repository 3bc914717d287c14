using TrainService.Data;
using TrainService.Data.Requests;
using TrainService.Formats;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.NeuralNet.Finding;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors.Threading;
using TrainService.Training.Checkpoints;
using TrainService.Training.Reuse;

namespace TrainService.Training.Running;

/// <summary>
/// The search for a learning rate: trains weights of its own, which begin as those of the job do and are thrown away, at ever higher rates. What
/// it does next depends on its weights, its slots and the losses so far alone.
/// </summary>
internal sealed class FinderRun : IRun
{
    /// <summary>Tells the search's resume points from those of the training after it.</summary>
    private const string Mark = ":lr_find";

    private readonly TrainingPlan _plan;
    private readonly Split _train;
    private readonly ComputeTeam _team;
    private readonly RunIdentity _identity;
    private readonly RunReporter _reporter;
    private readonly RunWatch _watch;
    private readonly ICheckpointStore _checkpoints;
    private readonly RunClock _clock;
    private readonly NetworkState _state;
    private readonly TrainingSession _session;
    private readonly EpochOrder _order;
    private readonly ReadOnlyMemory<float> _rowWeights;
    private readonly ProgressMeter _meter;
    private readonly SaveSlot _resumeSlot;
    private readonly int _batch, _stepsPerEpoch;

    public FinderRun(TrainingPlan plan, PreparedData data, ComputeTeam team, RunIdentity identity, RunReporter reporter, RunWatch watch,
        ICheckpointStore checkpoints, RunClock clock, TimeProvider time)
    {
        (_plan, _train, _team, _identity, _reporter, _watch, _checkpoints, _clock) = (plan, data.Train, team, identity, reporter, watch, checkpoints, clock);
        // The rate is for the first phase: its layers, its optimizer, its batches.
        PhasePlan first = plan.Phases[0];
        _batch = Math.Min(first.BatchSize, _train.Count);
        _stepsPerEpoch = first.StepsPerEpoch(_train.Count);
        Finder = new LearningRateFinder(Settings(plan.Spec.RateSearch!));
        _state = new NetworkState(plan.Network);
        _state.Initialize(plan.Spec.Seed);
        _session = new TrainingSession(_state.View(first.Network), new TrainingOptions
        {
            Loss = plan.Loss, Optimizer = first.Optimizer, BatchSize = _batch, Seed = plan.Spec.Seed,
        }, team);
        _order = new EpochOrder(_train.Count, plan.Spec.Seed, plan.Spec.Shuffle);
        _rowWeights = RowWeights.Of(_train, data.Target, plan.Spec.ClassWeight);
        _meter = new ProgressMeter((int)Math.Min((long)Finder.Settings.Steps * _batch, int.MaxValue), time);
        TensorSnapshot[] parts = [TensorSnapshot.OfWeights(_state, ResumePoint.Weights), TensorSnapshot.OfSlots(_session.Slots, ResumePoint.Slots)];
        _resumeSlot = new SaveSlot(reporter, TensorSnapshot.Of(parts), beside: true);
    }

    /// <summary>What was seen so far.</summary>
    public LearningRateFinder Finder { get; }

    /// <inheritdoc/>
    public Network Network => _plan.Phases[0].Network;

    /// <inheritdoc/>
    public int Phase => 0;

    /// <inheritdoc/>
    public JobProgress Progress => _meter.At(0, 1, Finder.Points.Count, Finder.Settings.Steps);

    /// <summary>The spec that the search's resume points are for.</summary>
    public static string HashOf(string specHash) => specHash + Mark;

    /// <param name="search">As resolved: the number of steps is there.</param>
    public static FinderSettings Settings(Specification.Arguments search)
        => new(search.Number("start"), search.Number("end"), search.Integer("steps"), search.Number("smoothing"), search.Number("explode_factor"));

    /// <inheritdoc/>
    public WeightReport StartFrom(IReadOnlyList<NamedArray> arrays) => WeightLoader.Load(_state, arrays);

    /// <inheritdoc/>
    public IReadOnlyList<string> FitLayers(IReadOnlyCollection<string> loaded) => LayerFitting.Run(_state, _train.Inputs, _team, loaded.Contains);

    /// <inheritdoc/>
    public void Restore(ResumeState saved, IReadOnlyDictionary<string, NamedArray> tensors)
    {
        ResumePoint.Restore(_state, tensors, ResumePoint.Weights);
        ResumePoint.Restore(_session.Slots, tensors);
        _session.Iterations = saved.Iterations;
        foreach (double loss in saved.Totals) Finder.Take(loss);
        _clock.Restore(saved.TrainedSeconds, saved.EpochSeconds);
    }

    /// <inheritdoc/>
    public RunEnd Run()
    {
        ReadOnlySpan<int> rows = default;
        int epoch = -1;
        while (!Finder.IsOver)
        {
            if (Interruption() is { } interrupted) return interrupted;
            int step = Finder.Points.Count;
            if (epoch != step / _stepsPerEpoch) rows = _order.Of(epoch = step / _stepsPerEpoch);
            int begin = step % _stepsPerEpoch * _batch, count = Math.Min(_batch, rows.Length - begin);
            try
            {
                Finder.Take(_session.Step(_train.Inputs, _train.Targets, _rowWeights, rows.Slice(begin, count), (float)Finder.NextRate));
            }
            catch (NonFiniteLossException)
            {
                Finder.Take(double.NaN);
            }
            if (_meter.Count(count)) SayProgress();
            if (_clock.ResumePointIsDue && !Finder.IsOver) SaveResumePoint(wait: false);
        }
        return new RunEnd(RunEndKind.Finished);
    }

    public void Dispose()
    {
        _session.Dispose();
        _state.Dispose();
    }

    private RunEnd? Interruption()
    {
        if (_reporter.Failure is not null) _reporter.Flush();
        string where = $"{Finder.Points.Count} of {Finder.Settings.Steps} steps of the search for a learning rate";
        switch (_watch.Current)
        {
            case Interrupt.Stop:
                return new RunEnd(RunEndKind.Stopped, $"Stopped by the user after {where}.");
            case Interrupt.Pause:
                SaveResumePoint(wait: true);
                return new RunEnd(RunEndKind.Paused, $"Paused by the user after {where}.");
            case Interrupt.Shutdown:
                SaveResumePoint(wait: true);
                return new RunEnd(RunEndKind.ShutDown, $"The service was shut down after {where}; the job goes on when it is back.");
            case Interrupt.Lost:
                return new RunEnd(RunEndKind.Lost);
        }
        if (_plan.Spec.MaxRuntimeSeconds is not { } limit || _clock.TrainedSeconds < limit) return null;
        return new RunEnd(RunEndKind.Stopped, $"Stopped after {where}: it has run for {limit:0.###} seconds, its limit.");
    }

    private void SayProgress()
    {
        RatePoint last = Finder.Points[^1];
        _reporter.Report(new RunReport(_identity.JobId, _identity.RunToken)
        {
            Events = [RunEvents.Progress(Progress, [new("learning_rate", last.Rate), new("loss", last.Loss), new("smoothed_loss", last.Smoothed)], "lr_find")],
            Progress = Progress,
        });
    }

    private void SaveResumePoint(bool wait)
    {
        // The losses stand where a training keeps its running totals.
        var state = new ResumeState
        {
            Spec = HashOf(_identity.SpecHash), Step = Finder.Points.Count, Iterations = _session.Iterations, TrainedSeconds = _clock.TrainedSeconds,
            EpochSeconds = _clock.EpochSeconds, Totals = Finder.Losses,
        };
        bool saved = _resumeSlot.Save(wait, _ => { }, snapshot => _checkpoints.SaveResumePointAsync(_identity.JobId, _identity.RunToken, (stream, _) =>
        {
            ResumePoint.Write(stream, state, snapshot.Arrays);
            return Task.CompletedTask;
        }, CancellationToken.None));
        if (saved) _clock.ResumePointTaken();
        if (wait) _reporter.Flush();
    }
}
