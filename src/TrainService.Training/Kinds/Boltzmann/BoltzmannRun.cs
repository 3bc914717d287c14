using System.Diagnostics;
using System.Text.Json.Nodes;
using TrainService.Data;
using TrainService.Data.Requests;
using TrainService.Formats;
using TrainService.Jobs;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Training.Checkpoints;
using TrainService.Training.Reuse;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds.Boltzmann;

/// <summary>
/// Epochs of one machine after the other; epochs are numbered through, a layer is a phase. What comes next depends on the network's tensors, the tensors,
/// slots and memory of the machine at work, and the counters of <see cref="ResumeState"/> alone.
/// </summary>
internal sealed class BoltzmannRun : EpochRun
{
    private readonly JobSpec _spec;
    private readonly BoltzmannPlan _plan;
    private readonly PreparedData _data;
    private readonly Split _train;
    private readonly CheckpointKeeper _keeper;
    private readonly NetworkState _model;
    private readonly EpochOrder _order;
    private readonly SaveSlot _checkpointSlot;
    private readonly int _batch;
    private readonly float _rate;

    private MachineAtWork? _machine;
    private SaveSlot? _resumeSlot;
    private int _layer;
    private long _batches;
    private double _errorSum;

    public BoltzmannRun(JobSpec spec, BoltzmannPlan plan, PreparedData data, CheckpointKeeper keeper, RunContext context)
        : base(data.Train, context)
    {
        (_spec, _plan, _data, _train, _keeper) = (spec, plan, data, data.Train, keeper);
        _batch = Math.Min(spec.BatchSize, _train.Count);
        StepsPerEpoch = (_train.Count + _batch - 1) / _batch;
        _rate = (float)plan.Optimizer.LearningRate;
        _model = new NetworkState(plan.Network);
        _model.Initialize(spec.Seed);
        _order = new EpochOrder(_train.Count, spec.Seed, spec.Shuffle);
        _checkpointSlot = new SaveSlot(context.Reporter, TensorSnapshot.OfWeights(_model), beside: false);
    }

    /// <inheritdoc/>
    public override Network Network => _plan.Network;

    /// <inheritdoc/>
    public override int Phase => _layer;

    /// <inheritdoc/>
    public override int Epochs => _spec.Epochs * _plan.Layers.Count;

    protected override SaveSlot ResumeSlot => _resumeSlot!;

    protected override int StepsPerEpoch { get; }

    protected override long Batches => _batches;

    protected override (string What, string Remedy) OnNonFinite
        => ($"The reconstruction of '{LayerName}'", "A lower learning rate helps; Gaussian units need standardized inputs and a rate of 0.001 or so.");

    private int EpochOfLayer => EpochsDone - (_layer * _spec.Epochs);

    private string LayerName => _plan.Layers[_layer].Layer.Name;

    /// <inheritdoc/>
    public override WeightReport StartFrom(IReadOnlyList<NamedArray> arrays) => WeightLoader.Load(_model, arrays);

    /// <inheritdoc/>
    public override IReadOnlyList<string> FitLayers(IReadOnlyCollection<string> loaded) => LayerFitting.Run(_model, _train.Inputs, Context.Team, loaded.Contains);

    /// <inheritdoc/>
    public override void Restore(ResumeState saved, IReadOnlyDictionary<string, NamedArray> tensors)
    {
        ResumePoint.Restore(_model, tensors, ResumePoint.Weights);
        (_layer, EpochsDone, StepsDone, _batches, _errorSum) = (saved.PhaseStarts.Count - 1, saved.Epoch, saved.Step, saved.Batches, saved.Totals[0]);
        Start();
        _machine!.Restore(tensors);
        (_machine.Session.Iterations, _machine.Session.GradientNorm) = (saved.Iterations, saved.GradientNorms[0]);
        if (saved.Figures.Length > 0) Figures = JsonNode.Parse(saved.Figures)!.AsObject();
        Context.Clock.Restore(saved.TrainedSeconds, saved.EpochSeconds);
    }

    /// <inheritdoc/>
    protected override RunEnd Train()
    {
        while (_layer < _plan.Layers.Count)
        {
            if (_machine is null) Begin();
            while (EpochOfLayer < _spec.Epochs)
            {
                using Activity? span = Telemetry.Activities.StartActivity("epoch");
                span?.SetTag("epoch", EpochsDone + 1);
                if (TrainEpoch() is { } interrupted) return interrupted;
                EndEpoch();
            }
            _machine!.Hand();
            if (_layer == _plan.Layers.Count - 1) break;
            _machine.Dispose();
            _machine = null;
            _layer++;
        }
        SaveCheckpoint("final");
        Context.Reporter.Flush();
        return new RunEnd(RunEndKind.Finished);
    }

    public override void Dispose()
    {
        _machine?.Dispose();
        _model.Dispose();
    }

    private void Start()
    {
        _machine = new MachineAtWork(_plan, _layer, _model, _train, _data.Validation, _spec.Seed, Context.Team);
        // Slots differ from layer to layer, so each has resume points of its own.
        _resumeSlot = new SaveSlot(Context.Reporter, TensorSnapshot.Of([TensorSnapshot.OfWeights(_model, ResumePoint.Weights), _machine.Snapshot]), beside: true);
    }

    private void Begin()
    {
        Start();
        _machine!.FitVisibleBias();
        TaughtLayer layer = _plan.Layers[_layer];
        Context.Reporter.Report(Report() with { Phase = _layer, Progress = Progress });
        Say($"Layer {_layer + 1} of {_plan.Layers.Count}: '{layer.Layer.Name}', {layer.Visible:N0} {(_plan.KindOf(_layer) == NeuralNet.Boltzmann.VisibleUnits.Binary ? "binary" : "Gaussian")} visible units, "
            + $"{layer.Hidden:N0} hidden ones, {_spec.Epochs} epochs of {(_plan.Persistent ? "PCD" : "CD")}-{_plan.GibbsSteps}.", $"log:layer:{_layer}");
    }

    protected override int TakeStep()
    {
        ReadOnlySpan<int> rows = _order.Of(EpochsDone);
        int begin = StepsDone * _batch, count = Math.Min(_batch, rows.Length - begin);
        _errorSum += count * _machine!.Session.Step(_machine.Rows, rows.Slice(begin, count), _rate, _plan.MomentumAt(EpochOfLayer), gatherNorm: StepsDone == StepsPerEpoch - 1);
        _batches++;
        return count;
    }

    protected override IEnumerable<KeyValuePair<string, double>> FiguresSoFar() => [new("reconstruction_error", _errorSum / Math.Min((double)StepsDone * _batch, _train.Count))];

    private void EndEpoch()
    {
        double trainingSeconds = Context.Clock.EpochSeconds;
        List<KeyValuePair<string, double>> figures = [new("reconstruction_error", _errorSum / _train.Count), .. _machine!.Figures(EpochsDone + 1)];
        double seconds = Context.Clock.EndEpoch();
        Telemetry.EpochDone(seconds, _train.Count);
        EpochsDone++;
        (StepsDone, _errorSum) = (0, 0);
        Figures = RunEvents.Figures(figures);
        Context.Reporter.Report(Report(RunEvents.Epoch(EpochsDone, _layer,
            [
                .. figures, new("learning_rate", _rate), new("duration_seconds", Math.Round(seconds, 6)),
                new("samples_per_second", Math.Round(_train.Count / Math.Max(trainingSeconds, 1e-9), 1)),
                new("gradient_norm", _machine.Session.GradientNorm), new("weight_norm", _machine.WeightNorm()),
            ])) with
        {
            Progress = Progress,
            LatestJson = RunEvents.Text(Figures),
        });
        Figures[BoltzmannCompiler.Newest] = EpochsDone;
        if (EpochsDone < Epochs && _spec.Checkpoint.EveryEpochs is { } every && EpochsDone % every == 0) SaveCheckpoint("epoch");
    }

    protected override void SaveFinal(string why)
    {
        Say(why);
        SaveCheckpoint("final");
        Context.Reporter.Flush();
    }

    protected override void SaveCheckpoint(string reason)
    {
        _machine?.Hand();
        (int epoch, long step) = (EpochsDone, _batches);
        var copy = (JsonObject)Figures.DeepClone();
        _checkpointSlot.Save(wait: true, Check, snapshot => _keeper.SaveAsync(snapshot, epoch, step, reason, copy));
    }

    protected override ResumeState Capture() => new()
    {
        Spec = Context.Identity.SpecHash,
        Epoch = EpochsDone,
        Step = StepsDone,
        Batches = _batches,
        Iterations = _machine!.Session.Iterations,
        PhaseStarts = [.. Enumerable.Range(0, _layer + 1).Select(l => l * _spec.Epochs)],
        TrainedSeconds = Context.Clock.TrainedSeconds,
        EpochSeconds = Context.Clock.EpochSeconds,
        GradientNorms = [_machine.Session.GradientNorm],
        Totals = [_errorSum],
        Figures = RunEvents.Text(Figures),
    };
}
