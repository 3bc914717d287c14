using TrainService.Data;
using TrainService.Data.Requests;
using TrainService.Formats;
using TrainService.Jobs;
using TrainService.NeuralNet.Finding;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Training.Checkpoints;
using TrainService.Training.Reuse;
using TrainService.Training.Running.Feeding;

namespace TrainService.Training.Running;

/// <summary>
/// The search for a learning rate: trains weights of its own, which begin as those of the job do and are thrown away, at ever higher rates. What
/// it does next depends on its weights, its slots and the losses so far alone.
/// </summary>
internal sealed class FinderRun : RunBase
{
    private readonly TrainingPlan _plan;
    private readonly Split _train;
    private readonly NetworkState _state;
    private readonly TrainingSession _session;
    private readonly BatchFeed _feed;
    private readonly ProgressMeter _meter;
    private readonly int _batch, _stepsPerEpoch;

    public FinderRun(TrainingPlan plan, PreparedData data, RunContext context)
        : base(context)
    {
        (_plan, _train) = (plan, data.Train);
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
        }, context.Team);
        _feed = BatchFeed.Of(data, RowWeights.Of(_train, data.Target, plan.Spec.ClassWeight), plan.Spec.Seed, plan.Spec.Shuffle, _batch);
        _meter = new ProgressMeter((int)Math.Min((long)Finder.Settings.Steps * _batch, int.MaxValue), context.Time);
        TensorSnapshot[] parts = [TensorSnapshot.OfWeights(_state, ResumePoint.Weights), TensorSnapshot.OfSlots(_session.Slots, ResumePoint.Slots)];
        ResumeSlot = new SaveSlot(context.Reporter, TensorSnapshot.Of(parts), beside: true);
    }

    /// <summary>What was seen so far.</summary>
    public LearningRateFinder Finder { get; }

    /// <inheritdoc/>
    public override Network Network => _plan.Phases[0].Network;

    /// <inheritdoc/>
    public override JobProgress Progress => _meter.At(0, 1, Finder.Points.Count, Finder.Settings.Steps);

    protected override SaveSlot ResumeSlot { get; }

    /// <param name="search">As resolved: the number of steps is there.</param>
    public static FinderSettings Settings(Specification.Arguments search)
        => new(search.Number("start"), search.Number("end"), search.Integer("steps"), search.Number("smoothing"), search.Number("explode_factor"));

    /// <inheritdoc/>
    public override WeightReport StartFrom(IReadOnlyList<NamedArray> arrays) => WeightLoader.Load(_state, arrays);

    /// <inheritdoc/>
    public override IReadOnlyList<string> FitLayers(IReadOnlyCollection<string> loaded) => LayerFitting.Run(_state, _train.Inputs, Context.Team, loaded.Contains);

    /// <inheritdoc/>
    public override void Restore(ResumeState saved, IReadOnlyDictionary<string, NamedArray> tensors)
    {
        ResumePoint.Restore(_state, tensors, ResumePoint.Weights);
        ResumePoint.Restore(_session.Slots, tensors);
        _session.Iterations = saved.Iterations;
        foreach (double loss in saved.Totals) Finder.Take(loss);
        Context.Clock.Restore(saved.TrainedSeconds, saved.EpochSeconds);
    }

    /// <inheritdoc/>
    public override RunEnd Run()
    {
        while (!Finder.IsOver)
        {
            if (Interruption() is { } interrupted) return interrupted;
            int step = Finder.Points.Count;
            int begin = step % _stepsPerEpoch * _batch, count = Math.Min(_batch, _train.Count - begin);
            try
            {
                ReadOnlySpan<int> rows = _feed.Take(step / _stepsPerEpoch, begin, count);
                Finder.Take(_session.Step(_feed.Inputs, _feed.Targets, _feed.Weights, rows, (float)Finder.NextRate));
            }
            catch (NonFiniteLossException)
            {
                Finder.Take(double.NaN);
            }
            _feed.Done();
            if (_meter.Count(count)) SayProgress();
            if (!Finder.IsOver) SaveResumePointWhenDue();
        }
        return new RunEnd(RunEndKind.Finished);
    }

    public override void Dispose()
    {
        _feed.Dispose();
        _session.Dispose();
        _state.Dispose();
    }

    protected override string Where() => $"{Finder.Points.Count} of {Finder.Settings.Steps} steps of the search for a learning rate";

    private void SayProgress()
    {
        RatePoint last = Finder.Points[^1];
        JobProgress progress = Progress;
        Context.Reporter.Report(Report(RunEvents.Progress(progress, [new("learning_rate", last.Rate), new("loss", last.Loss), new("smoothed_loss", last.Smoothed)], "lr_find"))
            with
        { Progress = progress });
    }

    // The losses stand where a training keeps its running totals.
    protected override ResumeState Capture() => new()
    {
        Spec = Context.Identity.SpecHash, Step = Finder.Points.Count, Iterations = _session.Iterations, TrainedSeconds = Context.Clock.TrainedSeconds,
        EpochSeconds = Context.Clock.EpochSeconds, Totals = Finder.Losses,
    };
}
