using System.Diagnostics;
using System.Text.Json.Nodes;
using TrainService.Data;
using TrainService.Data.Requests;
using TrainService.Formats;
using TrainService.Jobs;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Training.Checkpoints;
using TrainService.Training.Reuse;
using TrainService.Training.Running.Feeding;

namespace TrainService.Training.Running;

/// <summary>
/// Phases, epochs and steps of one run, on the thread that calls <see cref="EpochRun.Run"/>. Everything that leaves it goes through the reporter, in order.
/// What it does next depends on the network's state, the optimizer's slots and <see cref="ResumeState"/> alone.
/// </summary>
internal sealed class TrainingRun : EpochRun
{
    private readonly TrainingPlan _plan;
    private readonly PreparedData _data;
    private readonly Split _train;
    private readonly CheckpointKeeper _keeper;
    private readonly NetworkState _state;
    private readonly BatchFeed _feed;
    private readonly List<(SavedModel? Model, SaveSlot Slot)> _models;
    private readonly EpochPictures? _pictures;
    private readonly RunPlace _place;
    private readonly TensorSnapshot? _best;
    private readonly List<int> _phaseStarts = [];

    private PhaseRun _phase;
    private SaveSlot _resumeSlot;
    private int _bestEpoch;
    private long _batches;
    private JsonObject _bestFigures = [];
    private string? _stopReason;

    /// <param name="models">What is saved of what is trained; null for all of it. The first one, and the parts, must be known to the keeper.</param>
    /// <param name="pictures">Made of the weights; null for none.</param>
    public TrainingRun(TrainingPlan plan, PreparedData data, CheckpointKeeper keeper, RunContext context, IReadOnlyList<SavedModel>? models = null,
        Func<NetworkState, EpochPictures?>? pictures = null, RunPlace? place = null)
        : base(data.Train, context)
    {
        _place = place ?? RunPlace.Only;
        (_plan, _data, _train, _keeper) = (plan, data, data.Train, keeper);
        _state = new NetworkState(plan.Network);
        _state.Initialize(plan.Spec.Seed);
        _feed = BatchFeed.Of(data, RowWeights.Of(_train, data.Target, plan.Spec.ClassWeight), plan.Spec.Seed, plan.Spec.Shuffle,
            Math.Min(_train.Count, plan.Phases.Max(p => p.BatchSize)));
        if (plan.Phases.Any(CallbackSet.HasMemory)) _best = TensorSnapshot.OfWeights(_state, ResumePoint.Best);
        _models = [.. (models ?? []).Select(m => (m, new SaveSlot(context.Reporter,
            TensorSnapshot.Of([TensorSnapshot.OfFixed(m.Fixed), TensorSnapshot.OfWeights(_state, layers: m.Layers)]), beside: false)))];
        if (models is null) _models.Add((null, new SaveSlot(context.Reporter, TensorSnapshot.OfWeights(_state), beside: false)));
        _pictures = pictures?.Invoke(_state);
        _phaseStarts.Add(0);
        (_phase, _resumeSlot) = Start(0, null);
    }

    /// <summary>All that are planned from here: those done, and what the phases that are not over may still take.</summary>
    public override int Epochs => _place.EpochsBefore + _phase.FirstEpoch + _plan.Phases.Skip(_phase.Plan.Index).Sum(p => p.Epochs) + _place.EpochsAfter;

    /// <summary>The phase going on, from 0.</summary>
    public override int Phase => _place.Stage ?? _phase.Plan.Index;

    /// <summary>As the phase going on has it.</summary>
    public override NeuralNet.Graph.Network Network => _phase.Plan.Network;

    /// <summary>Lays the weights of other layers' training over the start values that were drawn.</summary>
    /// <returns>What was taken.</returns>
    public override WeightReport StartFrom(IReadOnlyList<NamedArray> arrays) => WeightLoader.Load(_state, arrays);

    /// <inheritdoc/>
    public override IReadOnlyList<string> FitLayers(IReadOnlyCollection<string> loaded) => LayerFitting.Run(_state, _train.Inputs, Context.Team, loaded.Contains);

    /// <summary>Takes up a run where it was left.</summary>
    public override void Restore(ResumeState saved, IReadOnlyDictionary<string, NamedArray> tensors)
    {
        ResumePoint.Restore(_state, tensors, ResumePoint.Weights);
        _phaseStarts.Clear();
        _phaseStarts.AddRange(saved.PhaseStarts);
        // The optimizer's own count is put back below; random numbers go on from both together.
        _batches = saved.Batches - saved.Iterations;
        _phase.Dispose();
        (_phase, _resumeSlot) = Start(saved.PhaseStarts.Count - 1, null);
        ResumePoint.Restore(_phase.Session.Slots, tensors);
        _phase.Session.Iterations = saved.Iterations;
        _phase.Session.Totals.Restore(saved.Totals);
        _phase.Callbacks.Restore(saved.Callbacks);
        _phase.Session.GradientNorms = saved.GradientNorms;
        (EpochsDone, StepsDone, _batches, _bestEpoch) = (saved.Epoch, saved.Step, saved.Batches, saved.BestEpoch);
        if (_best is not null && _bestEpoch > 0) _best.Fill(tensors);
        if (saved.Figures.Length > 0) Figures = JsonNode.Parse(saved.Figures)!.AsObject();
        if (saved.BestFigures.Length > 0) _bestFigures = JsonNode.Parse(saved.BestFigures)!.AsObject();
        Context.Clock.Restore(saved.TrainedSeconds, saved.EpochSeconds);
    }

    /// <summary>Trains until the end or an interruption. May be called again after <see cref="RunEndKind.Paused"/>.</summary>
    /// <exception cref="TrainingFailedException">The loss or the weights are no finite numbers any more.</exception>
    protected override RunEnd Train()
    {
        if (_batches == 0) SayPhase();
        while (true)
        {
            while (!PhaseIsOver)
            {
                if (Context.RestAfter is { } rest && EpochsDone >= rest && StepsDone == 0) return Interruption() ?? Rest();
                using Activity? span = Telemetry.Activities.StartActivity("epoch");
                span?.SetTag("epoch", EpochsDone + 1);
                if (TrainEpoch() is { } interrupted) return interrupted;
                EndEpoch();
                span?.SetTag("loss", (double?)Figures["loss"]);
            }
            if (_phase.Plan.Index == _plan.Phases.Count - 1) return Finish();
            NextPhase();
        }
    }

    private RunEnd Rest()
    {
        SaveResumePoint(wait: true);
        return new RunEnd(RunEndKind.Resting, $"Rests after {Where()}, until its sweep has compared it with the others.");
    }

    public override void Dispose()
    {
        _feed.Dispose();
        _pictures?.Dispose();
        _phase.Dispose();
        _state.Dispose();
    }

    protected override SaveSlot ResumeSlot => _resumeSlot;

    protected override int Epoch => _place.EpochsBefore + EpochsDone;

    protected override int StepsPerEpoch => _phase.StepsPerEpoch;

    protected override long Batches => _batches;

    protected override (string What, string Remedy) OnNonFinite => ("The loss", "A lower learning rate, gradient clipping or scaled inputs help.");

    private bool PhaseIsOver => _stopReason is not null || EpochsDone == _phase.FirstEpoch + _phase.Plan.Epochs;

    /// <summary>Steps of this phase done.</summary>
    private long PhaseStep => ((long)(EpochsDone - _phase.FirstEpoch) * _phase.StepsPerEpoch) + StepsDone;

    private (PhaseRun Phase, SaveSlot ResumeSlot) Start(int index, PhaseRun? before)
    {
        var phase = new PhaseRun(_plan, _plan.Phases[index], _phaseStarts, _batches, _state, _data, Context.Team, before);
        // Slots differ from phase to phase, so each has resume points of its own.
        List<TensorSnapshot> parts = [TensorSnapshot.OfWeights(_state, ResumePoint.Weights), TensorSnapshot.OfSlots(phase.Session.Slots, ResumePoint.Slots)];
        if (_best is not null) parts.Add(TensorSnapshot.OfSnapshot(_best));
        return (phase, new SaveSlot(Context.Reporter, TensorSnapshot.Of(parts), beside: true));
    }

    private void NextPhase()
    {
        string?[] said = [$"Phase {Phase + 1} is over after epoch {EpochsDone}.", _stopReason, FinishWeights()];
        Say(string.Join(' ', said.OfType<string>()), $"log:phase:{Phase}:end");
        (_stopReason, _bestEpoch, _bestFigures) = (null, 0, []);
        _phaseStarts.Add(EpochsDone);
        PhaseRun ended = _phase;
        (_phase, _resumeSlot) = Start(ended.Plan.Index + 1, ended);
        ended.Dispose();
        SayPhase();
    }

    private void SayPhase()
    {
        if (!_plan.Spec.HasPhases) return;
        PhasePlan phase = _phase.Plan;
        long learns = Network.TrainableParameterCount;
        string layers = $"{Network.Layers.Count(l => l.TrainableParameterCount > 0)} of {Network.Layers.Count(l => l.ParameterCount > 0)} layers learn";
        Context.Reporter.Report(Report() with { Phase = Phase, Progress = Progress });
        Say($"Phase {Phase + 1} of {_plan.Phases.Count}: up to {phase.Epochs} epochs from epoch {EpochsDone + 1}, {layers} ({learns:N0} of {Network.ParameterCount:N0} weights), "
            + $"{(phase.KeepsOptimizer ? "the optimizer goes on" : "a new optimizer")}, the rate begins at {_phase.RateAt(0):G6}.", $"log:phase:{Phase}");
    }

    protected override int TakeStep()
    {
        int batch = _phase.Plan.BatchSize, begin = StepsDone * batch, count = Math.Min(batch, _train.Count - begin);
        ReadOnlySpan<int> rows = _feed.Take(EpochsDone, begin, count);
        _phase.Session.Step(_feed.Inputs, _feed.Targets, _feed.Weights, rows, _phase.RateAt(PhaseStep), _phase.MomentumAt(PhaseStep), gatherNorm: StepsDone == _phase.StepsPerEpoch - 1);
        _feed.Done();
        _batches++;
        return count;
    }

    protected override IEnumerable<KeyValuePair<string, double>> FiguresSoFar() => _phase.Session.Totals.ToDictionary();

    private void EndEpoch()
    {
        float rate = _phase.RateAt(PhaseStep - 1);
        double trainingSeconds = Context.Clock.EpochSeconds;
        var figures = new List<KeyValuePair<string, double>>(_phase.Session.Totals.ToDictionary());
        figures.AddRange(_phase.Session.Sparsity());
        if (_phase.Validator is not null) figures.AddRange(_phase.Validator.Measure());
        double seconds = Context.Clock.EndEpoch();
        Telemetry.EpochDone(seconds, _train.Count);
        EpochsDone++;
        StepsDone = 0;
        _phase.Session.Totals.Reset();
        EpochVerdict verdict = _phase.Callbacks.AtEpochEnd(EpochsDone - 1 - _phase.FirstEpoch, _place.EpochsBefore + _phase.FirstEpoch,
            figures.ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal));
        Figures = RunEvents.Figures(figures);
        if (verdict.IsBest) Remember();
        _stopReason = verdict.StopReason;
        Context.Reporter.Report(Report() with
        {
            Events =
            [
                RunEvents.Epoch(Epoch, _plan.Spec.HasPhases || _place.Stage is not null ? Phase : null,
                [
                    .. figures, new("learning_rate", rate), new("duration_seconds", Math.Round(seconds, 6)),
                    new("samples_per_second", Math.Round(_train.Count / Math.Max(trainingSeconds, 1e-9), 1)),
                    .. Lateness(trainingSeconds), .. Norms(),
                ], _pictures?.Draw()),
                .. verdict.Notes.Select(n => RunEvents.Log(n, $"log:{Epoch}:{n}")),
            ],
            Progress = Progress,
            LatestJson = RunEvents.Text(Figures),
        });
        bool ends = PhaseIsOver && _phase.Plan.Index == _plan.Phases.Count - 1;
        if (!ends && _plan.Spec.Checkpoint.EveryEpochs is { } every && EpochsDone % every == 0) SaveCheckpoint("epoch");
    }

    /// <summary>What share of the computing threads' time has gone into rows that were not ready.</summary>
    private IEnumerable<KeyValuePair<string, double>> Lateness(double trainingSeconds)
        => _data.Augmented is null ? [] : [new("data_wait", Math.Round(_feed.TakeLateTime().TotalSeconds / Math.Max(trainingSeconds * Context.Team.Threads, 1e-9), 5))];

    private List<KeyValuePair<string, double>> Norms()
    {
        double[] gradients = _phase.Session.GradientNorms, weights = _phase.Session.WeightNorms();
        List<KeyValuePair<string, double>> norms = [new("gradient_norm", gradients[0]), new("weight_norm", weights[0])];
        if (!_plan.Spec.ReportsLayerNorms) return norms;
        IReadOnlyList<string> layers = _phase.Session.LearningLayers;
        norms.AddRange(layers.Select((l, i) => KeyValuePair.Create($"gradient_norm/{l}", gradients[i + 1])));
        norms.AddRange(layers.Select((l, i) => KeyValuePair.Create($"weight_norm/{l}", weights[i + 1])));
        return norms;
    }

    private void Remember()
    {
        _bestEpoch = EpochsDone;
        _bestFigures = Figures;
        _best?.Take();
    }

    private RunEnd Finish()
    {
        string? reason = _stopReason;
        if (FinishWeights() is { } which) reason = $"{reason ?? "All epochs are done."} {which}";
        SaveCheckpoint("final");
        Context.Reporter.Flush();
        return new RunEnd(RunEndKind.Finished, reason);
    }

    /// <summary>What Keras does to the weights when training ends: a moving average takes their place, then a callback may put back the best ones.</summary>
    /// <returns>What a callback did; null when nothing.</returns>
    private string? FinishWeights()
    {
        bool averages = TakeAverage();
        if (!_phase.Callbacks.RemembersBest || _bestEpoch == 0 || (_bestEpoch == EpochsDone && !averages)) return null;
        _best!.PutBack(_state);
        Figures = _bestFigures;
        return $"The weights of epoch {_place.EpochsBefore + _bestEpoch}, the best one, were put back.";
    }

    protected override void SaveFinal(string why)
    {
        Say(why);
        TakeAverage();
        SaveCheckpoint("final");
        Context.Reporter.Flush();
    }

    /// <summary>Where a moving average of the weights is kept, the last weights are the average. What validation says of it goes with its checkpoint.</summary>
    private bool TakeAverage()
    {
        if (_phase.Plan.Optimizer.Settings.Average is null) return false;
        _phase.Session.TakeAverage();
        if (_phase.Validator is null) return true;
        JsonObject measured = RunEvents.Figures(_phase.Validator.Measure());
        Figures = (JsonObject)Figures.DeepClone();
        foreach ((string name, JsonNode? value) in measured) Figures[name] = value?.DeepClone();
        Say($"The moving average of the weights took their place: {RunEvents.Text(measured)}.", $"log:average:{Phase}");
        return true;
    }

    protected override void SaveCheckpoint(string reason)
    {
        (int epoch, long step) = (Epoch, _batches);
        var copy = (JsonObject)Figures.DeepClone();
        foreach ((SavedModel? model, SaveSlot slot) in _models)
            if (model is not { OnlyAtEnd: true } || reason != "epoch")
                slot.Save(wait: true, Check, snapshot => _keeper.SaveAsync(snapshot, epoch, step, reason, copy, model?.Part ?? ""));
    }

    protected override ResumeState Capture() => new()
    {
        Spec = Context.Identity.SpecHash,
        Epoch = EpochsDone,
        Step = StepsDone,
        Batches = _batches,
        Iterations = _phase.Session.Iterations,
        PhaseStarts = [.. _phaseStarts],
        TrainedSeconds = Context.Clock.TrainedSeconds,
        EpochSeconds = Context.Clock.EpochSeconds,
        GradientNorms = [.. _phase.Session.GradientNorms],
        Totals = _phase.Session.Totals.Save(),
        Callbacks = _phase.Callbacks.Save(),
        BestEpoch = _bestEpoch,
        Figures = RunEvents.Text(Figures),
        BestFigures = RunEvents.Text(_bestFigures),
    };
}
