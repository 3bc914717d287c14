using System.Diagnostics;
using System.Text.Json.Nodes;
using TrainService.Data;
using TrainService.Data.Requests;
using TrainService.Formats;
using TrainService.Jobs;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Adversarial;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Training.Checkpoints;
using TrainService.Training.Reuse;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds.Adversarial;

/// <summary>
/// Epochs of a generator and a discriminator against each other. What comes next depends on both networks' tensors, both optimizers' slots and the
/// counters of <see cref="ResumeState"/> alone.
/// </summary>
internal sealed class AdversarialRun : RunBase
{
    private const string GeneratorPart = "generator/", DiscriminatorPart = "discriminator/";

    private readonly JobSpec _spec;
    private readonly AdversarialPlan _plan;
    private readonly Split _train;
    private readonly CheckpointKeeper _keeper;
    private readonly NetworkState _generator, _discriminator;
    private readonly AdversarialSession _session;
    private readonly SampleSheet _samples;
    private readonly CollapseWatch _collapse = new();
    private readonly EpochOrder _order;
    private readonly ProgressMeter _meter;
    private readonly SaveSlot _generatorSlot, _discriminatorSlot;
    private readonly int _batch, _stepsPerEpoch;
    private readonly float _generatorRate, _discriminatorRate;
    private int _epoch, _step;
    private JsonObject _figures = [];

    public AdversarialRun(JobSpec spec, AdversarialPlan plan, PreparedData data, CheckpointKeeper keeper, RunContext context)
        : base(context)
    {
        (_spec, _plan, _train, _keeper) = (spec, plan, data.Train, keeper);
        AdversarialOptions options = plan.Options(_train.Count);
        _batch = options.BatchSize;
        _stepsPerEpoch = (_train.Count + _batch - 1) / _batch;
        (_generator, _discriminator) = (new NetworkState(plan.Generator), new NetworkState(plan.Discriminator));
        _generator.Initialize(spec.Seed);
        // Of the same name in both networks, layers would else begin with the same numbers.
        _discriminator.Initialize(spec.Seed ^ NetworkState.StreamOf(DiscriminatorPart));
        _session = new AdversarialSession(_generator, _discriminator, options, context.Team);
        (_generatorRate, _discriminatorRate) = ((float)options.GeneratorOptimizer.LearningRate, (float)options.DiscriminatorOptimizer.LearningRate);
        _samples = new SampleSheet(_generator, options, _train.Inputs, data.InputShape, plan.Samples, context.Team);
        _order = new EpochOrder(_train.Count, spec.Seed, spec.Shuffle);
        _meter = new ProgressMeter(_train.Count, context.Time);
        _generatorSlot = new SaveSlot(context.Reporter, TensorSnapshot.OfWeights(_generator), beside: false);
        _discriminatorSlot = new SaveSlot(context.Reporter, TensorSnapshot.OfWeights(_discriminator), beside: false);
        ResumeSlot = new SaveSlot(context.Reporter, TensorSnapshot.Of(
        [
            TensorSnapshot.OfWeights(_generator, ResumePoint.Weights + GeneratorPart), TensorSnapshot.OfSlots(_session.Generator.Slots, ResumePoint.Slots + GeneratorPart),
            TensorSnapshot.OfWeights(_discriminator, ResumePoint.Weights + DiscriminatorPart), TensorSnapshot.OfSlots(_session.Discriminator.Slots, ResumePoint.Slots + DiscriminatorPart),
        ]), beside: true);
    }

    /// <inheritdoc/>
    public override Network Network => _plan.Discriminator;

    /// <inheritdoc/>
    public override JobProgress Progress => _meter.At(_epoch, _spec.Epochs, _step, _stepsPerEpoch);

    protected override SaveSlot ResumeSlot { get; }

    /// <inheritdoc/>
    public override WeightReport StartFrom(IReadOnlyList<NamedArray> arrays) => WeightLoader.Load(_discriminator, arrays);

    /// <inheritdoc/>
    public override IReadOnlyList<string> FitLayers(IReadOnlyCollection<string> loaded)
    {
        IReadOnlyList<string> taken = [.. Lay(_plan.GeneratorModel, _generator, "generator"), .. Lay(_plan.DiscriminatorModel, _discriminator, "discriminator")];
        return LayerFitting.Run(_discriminator, _train.Inputs, Context.Team, taken.Contains);
    }

    /// <inheritdoc/>
    public override void Restore(ResumeState saved, IReadOnlyDictionary<string, NamedArray> tensors)
    {
        ResumePoint.Restore(_generator, tensors, ResumePoint.Weights + GeneratorPart);
        ResumePoint.Restore(_discriminator, tensors, ResumePoint.Weights + DiscriminatorPart);
        ResumePoint.Restore(_session.Generator.Slots, tensors, ResumePoint.Slots + GeneratorPart);
        ResumePoint.Restore(_session.Discriminator.Slots, tensors, ResumePoint.Slots + DiscriminatorPart);
        (_epoch, _step, _session.Steps, _session.Generator.Iterations) = (saved.Epoch, saved.Step, saved.Batches, saved.Iterations);
        _session.Discriminator.Iterations = 2 * saved.Batches;
        ReadOnlySpan<double> totals = saved.Totals;
        int length = _session.Real.Save().Length;
        _session.Real.Restore(totals[..length]);
        _session.Fake.Restore(totals.Slice(length, length));
        _session.Generator.Totals.Restore(totals[(2 * length)..]);
        int norms = _session.Generator.GradientNorms.Length;
        (_session.Generator.GradientNorms, _session.Discriminator.GradientNorms) = (saved.GradientNorms[..norms], saved.GradientNorms[norms..]);
        _collapse.Restore(saved.Callbacks[0]);
        if (saved.Figures.Length > 0) _figures = JsonNode.Parse(saved.Figures)!.AsObject();
        Context.Clock.Restore(saved.TrainedSeconds, saved.EpochSeconds);
    }

    /// <inheritdoc/>
    public override RunEnd Run()
    {
        while (_epoch < _spec.Epochs)
        {
            using Activity? span = Telemetry.Activities.StartActivity("epoch");
            span?.SetTag("epoch", _epoch + 1);
            if (TrainEpoch() is { } interrupted) return interrupted;
            EndEpoch();
        }
        TakeAverages();
        Save("final");
        Context.Reporter.Flush();
        return new RunEnd(RunEndKind.Finished);
    }

    public override void Dispose()
    {
        _samples.Dispose();
        _session.Dispose();
        _generator.Dispose();
        _discriminator.Dispose();
    }

    private RunEnd? TrainEpoch()
    {
        ReadOnlySpan<int> rows = _order.Of(_epoch);
        while (_step < _stepsPerEpoch)
        {
            if (Interruption() is { } interrupted) return interrupted;
            int begin = _step * _batch, count = Math.Min(_batch, rows.Length - begin);
            try
            {
                _session.Step(_train.Inputs, rows.Slice(begin, count), _discriminatorRate, _generatorRate, gatherNorms: _step >= _stepsPerEpoch - _plan.DiscriminatorSteps);
            }
            catch (NonFiniteLossException e)
            {
                throw new TrainingFailedException($"A loss was no finite number any more in epoch {_epoch + 1}, batch {_step + 1} ({e.Message}) Lower learning rates or gradient clipping help; "
                    + "checkpoints that were saved still hold.");
            }
            _step++;
            if (_meter.Count(count)) SayProgress();
            SaveResumePointWhenDue();
        }
        return null;
    }

    private void EndEpoch()
    {
        double trainingSeconds = Context.Clock.EpochSeconds, diversity = _samples.Draw();
        List<KeyValuePair<string, double>> figures = [.. Losses(), new("diversity", diversity)];
        double seconds = Context.Clock.EndEpoch();
        Telemetry.EpochDone(seconds, _train.Count);
        _epoch++;
        _step = 0;
        double discriminatorLoss = (_session.Real.Loss + _session.Fake.Loss) / 2;
        _session.Real.Reset();
        _session.Fake.Reset();
        _session.Generator.Totals.Reset();
        _figures = RunEvents.Figures(figures);
        JsonObject latest = (JsonObject)_figures.DeepClone();
        Context.Reporter.Report(Report() with
        {
            Events =
            [
                RunEvents.Epoch(_epoch, null,
                [
                    .. figures, new("learning_rate", _generatorRate), new("duration_seconds", Math.Round(seconds, 6)),
                    new("samples_per_second", Math.Round(_train.Count / Math.Max(trainingSeconds, 1e-9), 1)),
                    new("gradient_norm", _session.Generator.GradientNorm), new("discriminator_gradient_norm", _session.Discriminator.GradientNorm),
                    new("weight_norm", _session.Generator.WeightNorms()[0]), new("discriminator_weight_norm", _session.Discriminator.WeightNorms()[0]),
                ], _samples.Sheet()),
                .. _collapse.Look(discriminatorLoss - _plan.LeastLoss, diversity).Select(w => RunEvents.Warning(w, $"warning:{w.Code}:{_epoch}")),
            ],
            Progress = Progress,
            LatestJson = RunEvents.Text(latest),
        });
        _figures[AdversarialCompiler.Newest] = _epoch;
        if (_epoch < _spec.Epochs && _spec.Checkpoint.EveryEpochs is { } every && _epoch % every == 0) Save("epoch");
    }

    private IEnumerable<KeyValuePair<string, double>> Losses() =>
    [
        new("generator_loss", _session.Generator.Totals.Loss), new("discriminator_loss", (_session.Real.Loss + _session.Fake.Loss) / 2),
        new("real_loss", _session.Real.Loss), new("fake_loss", _session.Fake.Loss), new("real_accuracy", _session.Real.Result(0)), new("fake_accuracy", _session.Fake.Result(0)),
    ];

    private IReadOnlyList<string> Lay(Specification.ComponentValue model, NetworkState state, string which)
    {
        if (WeightsFrom.Of(model) is not { } from) return [];
        NewJobEvent said = OwnThread.Wait(StartWeights.LayAsync(Context.Checkpoints, from, state.Network, arrays => WeightLoader.Load(state, arrays), $"log:start:{which}"));
        Context.Reporter.Report(Report(said));
        return from.Layers;
    }

    private void TakeAverages()
    {
        _session.Generator.TakeAverage();
        _session.Discriminator.TakeAverage();
    }

    protected override void SaveFinal(string why)
    {
        Say(why);
        TakeAverages();
        Save("final");
        Context.Reporter.Flush();
    }

    private void Save(string reason)
    {
        (int epoch, long step) = (_epoch, _session.Steps);
        var copy = (JsonObject)_figures.DeepClone();
        // The discriminator first: the generator's checkpoint is the job's result, and with it everything is there.
        _discriminatorSlot.Save(wait: true, Check, snapshot => _keeper.SaveAsync(snapshot, epoch, step, reason, copy, AdversarialTraining.Discriminator));
        _generatorSlot.Save(wait: true, Check, snapshot => _keeper.SaveAsync(snapshot, epoch, step, reason, copy));
    }

    protected override ResumeState Capture() => new()
    {
        Spec = Context.Identity.SpecHash,
        Epoch = _epoch,
        Step = _step,
        Batches = _session.Steps,
        Iterations = _session.Generator.Iterations,
        TrainedSeconds = Context.Clock.TrainedSeconds,
        EpochSeconds = Context.Clock.EpochSeconds,
        GradientNorms = [.. _session.Generator.GradientNorms, .. _session.Discriminator.GradientNorms],
        Totals = [.. _session.Real.Save(), .. _session.Fake.Save(), .. _session.Generator.Totals.Save()],
        Callbacks = [_collapse.Save()],
        Figures = RunEvents.Text(_figures),
    };

    protected override void Check(TensorSnapshot snapshot)
    {
        if (snapshot.FindNonFinite() is { } tensor)
            throw new TrainingFailedException($"'{tensor}' holds numbers that are not finite after epoch {_epoch}: nothing of it was saved. Lower learning rates or gradient clipping help.");
    }

    private void SayProgress()
    {
        JobProgress progress = Progress;
        Context.Reporter.Report(Report(RunEvents.Progress(progress, Losses())) with { Progress = progress });
    }

    protected override string Where() => _step == 0 ? $"epoch {_epoch}" : $"{_epoch} epochs and {_step} steps";
}
