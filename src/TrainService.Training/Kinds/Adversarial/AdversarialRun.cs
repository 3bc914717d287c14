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
internal sealed class AdversarialRun : EpochRun
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
    private readonly SaveSlot _generatorSlot, _discriminatorSlot;
    private readonly int _batch;
    private readonly float _generatorRate, _discriminatorRate;

    public AdversarialRun(JobSpec spec, AdversarialPlan plan, PreparedData data, CheckpointKeeper keeper, RunContext context)
        : base(data.Train, context)
    {
        (_spec, _plan, _train, _keeper) = (spec, plan, data.Train, keeper);
        AdversarialOptions options = plan.Options(_train.Count);
        _batch = options.BatchSize;
        StepsPerEpoch = (_train.Count + _batch - 1) / _batch;
        (_generator, _discriminator) = (new NetworkState(plan.Generator), new NetworkState(plan.Discriminator));
        _generator.Initialize(spec.Seed);
        // Of the same name in both networks, layers would else begin with the same numbers.
        _discriminator.Initialize(spec.Seed ^ NetworkState.StreamOf(DiscriminatorPart));
        _session = new AdversarialSession(_generator, _discriminator, options, context.Team);
        (_generatorRate, _discriminatorRate) = ((float)options.GeneratorOptimizer.LearningRate, (float)options.DiscriminatorOptimizer.LearningRate);
        _samples = new SampleSheet(_generator, options, _train.Inputs, data.InputShape, plan.Samples, context.Team);
        _order = new EpochOrder(_train.Count, spec.Seed, spec.Shuffle);
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
    public override int Epochs => _spec.Epochs;

    protected override int StepsPerEpoch { get; }

    protected override long Batches => _session.Steps;

    protected override (string What, string Remedy) OnNonFinite => ("A loss", "Lower learning rates or gradient clipping help.");

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
        (EpochsDone, StepsDone, _session.Steps, _session.Generator.Iterations) = (saved.Epoch, saved.Step, saved.Batches, saved.Iterations);
        _session.Discriminator.Iterations = 2 * saved.Batches;
        ReadOnlySpan<double> totals = saved.Totals;
        int length = _session.Real.Save().Length;
        _session.Real.Restore(totals[..length]);
        _session.Fake.Restore(totals.Slice(length, length));
        _session.Generator.Totals.Restore(totals[(2 * length)..]);
        int norms = _session.Generator.GradientNorms.Length;
        (_session.Generator.GradientNorms, _session.Discriminator.GradientNorms) = (saved.GradientNorms[..norms], saved.GradientNorms[norms..]);
        _collapse.Restore(saved.Callbacks[0]);
        if (saved.Figures.Length > 0) Figures = JsonNode.Parse(saved.Figures)!.AsObject();
        Context.Clock.Restore(saved.TrainedSeconds, saved.EpochSeconds);
    }

    /// <inheritdoc/>
    protected override RunEnd Train()
    {
        while (EpochsDone < _spec.Epochs)
        {
            using Activity? span = Telemetry.Activities.StartActivity("epoch");
            span?.SetTag("epoch", EpochsDone + 1);
            if (TrainEpoch() is { } interrupted) return interrupted;
            EndEpoch();
        }
        TakeAverages();
        SaveCheckpoint("final");
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

    protected override int TakeStep()
    {
        ReadOnlySpan<int> rows = _order.Of(EpochsDone);
        int begin = StepsDone * _batch, count = Math.Min(_batch, rows.Length - begin);
        _session.Step(_train.Inputs, rows.Slice(begin, count), _discriminatorRate, _generatorRate, gatherNorms: StepsDone >= StepsPerEpoch - _plan.DiscriminatorSteps);
        return count;
    }

    protected override IEnumerable<KeyValuePair<string, double>> FiguresSoFar() =>
    [
        new("generator_loss", _session.Generator.Totals.Loss), new("discriminator_loss", (_session.Real.Loss + _session.Fake.Loss) / 2),
        new("real_loss", _session.Real.Loss), new("fake_loss", _session.Fake.Loss), new("real_accuracy", _session.Real.Result(0)), new("fake_accuracy", _session.Fake.Result(0)),
    ];

    private void EndEpoch()
    {
        double trainingSeconds = Context.Clock.EpochSeconds, diversity = _samples.Draw();
        List<KeyValuePair<string, double>> figures = [.. FiguresSoFar(), new("diversity", diversity)];
        double seconds = Context.Clock.EndEpoch();
        Telemetry.EpochDone(seconds, _train.Count);
        EpochsDone++;
        StepsDone = 0;
        double discriminatorLoss = (_session.Real.Loss + _session.Fake.Loss) / 2;
        _session.Real.Reset();
        _session.Fake.Reset();
        _session.Generator.Totals.Reset();
        Figures = RunEvents.Figures(figures);
        JsonObject latest = (JsonObject)Figures.DeepClone();
        Context.Reporter.Report(Report() with
        {
            Events =
            [
                RunEvents.Epoch(EpochsDone, null,
                [
                    .. figures, new("learning_rate", _generatorRate), new("duration_seconds", Math.Round(seconds, 6)),
                    new("samples_per_second", Math.Round(_train.Count / Math.Max(trainingSeconds, 1e-9), 1)),
                    new("gradient_norm", _session.Generator.GradientNorm), new("discriminator_gradient_norm", _session.Discriminator.GradientNorm),
                    new("weight_norm", _session.Generator.WeightNorms()[0]), new("discriminator_weight_norm", _session.Discriminator.WeightNorms()[0]),
                ], _samples.Sheet()),
                .. _collapse.Look(discriminatorLoss - _plan.LeastLoss, diversity).Select(w => RunEvents.Warning(w, $"warning:{w.Code}:{EpochsDone}")),
            ],
            Progress = Progress,
            LatestJson = RunEvents.Text(latest),
        });
        Figures[AdversarialCompiler.Newest] = EpochsDone;
        if (EpochsDone < _spec.Epochs && _spec.Checkpoint.EveryEpochs is { } every && EpochsDone % every == 0) SaveCheckpoint("epoch");
    }

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
        SaveCheckpoint("final");
        Context.Reporter.Flush();
    }

    protected override void SaveCheckpoint(string reason)
    {
        (int epoch, long step) = (EpochsDone, _session.Steps);
        var copy = (JsonObject)Figures.DeepClone();
        // The discriminator first: the generator's checkpoint is the job's result, and with it everything is there.
        _discriminatorSlot.Save(wait: true, Check, snapshot => _keeper.SaveAsync(snapshot, epoch, step, reason, copy, AdversarialTraining.Discriminator));
        _generatorSlot.Save(wait: true, Check, snapshot => _keeper.SaveAsync(snapshot, epoch, step, reason, copy));
    }

    protected override ResumeState Capture() => new()
    {
        Spec = Context.Identity.SpecHash,
        Epoch = EpochsDone,
        Step = StepsDone,
        Batches = _session.Steps,
        Iterations = _session.Generator.Iterations,
        TrainedSeconds = Context.Clock.TrainedSeconds,
        EpochSeconds = Context.Clock.EpochSeconds,
        GradientNorms = [.. _session.Generator.GradientNorms, .. _session.Discriminator.GradientNorms],
        Totals = [.. _session.Real.Save(), .. _session.Fake.Save(), .. _session.Generator.Totals.Save()],
        Callbacks = [_collapse.Save()],
        Figures = RunEvents.Text(Figures),
    };
}
