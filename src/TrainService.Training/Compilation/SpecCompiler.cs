using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Data;
using TrainService.Data.Requests;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.Jobs.Specs.Kinds;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Pruning;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors.Threading;
using TrainService.Training.Kinds;
using TrainService.Training.Models;
using TrainService.Training.Models.Outputs;
using TrainService.Training.Reuse;
using TrainService.Training.Running;

namespace TrainService.Training.Compilation;

/// <summary>Reads a job, holds its parts against each other and works out what would happen. Allocates no weights and reads no rows.</summary>
public sealed class SpecCompiler : ISpecCompiler
{
    private readonly DatasetLibrary _datasets;
    private readonly ComputePool _pool;
    private readonly ICheckpointStore _checkpoints;
    private readonly ModelReuse _reuse;
    private readonly MachineSpeed _speed;
    private readonly JobLimits _limits;

    public SpecCompiler(DatasetLibrary datasets, ComputePool pool, ICheckpointStore checkpoints, JobLimits? limits = null)
    {
        (_datasets, _pool, _checkpoints, _reuse, _limits) = (datasets, pool, checkpoints, new ModelReuse(checkpoints), limits ?? new JobLimits());
        _speed = new MachineSpeed(pool);
        _speed.WarmUpNow();
    }

    /// <inheritdoc/>
    public async Task<CompiledSpec> CompileAsync(JsonElement spec, ParentSpec? parent, CancellationToken ct)
    {
        JobReading reading = MixedTargets.Resolve(InputColumns.WithFeatures(JobVocabulary.Reader.Read(spec)));
        SpecErrors errors = reading.Errors;
        var warnings = new List<SpecWarning>();
        DescribedData? data = await DescribeAsync(reading, ct).ConfigureAwait(false);
        if (data is not null) warnings.AddRange(data.Warnings);
        JobKind kind = JobKindList.Of(reading.Arguments.OptionalText("kind") ?? JobKinds.Train.Name);
        if (kind.Compiler is { } own) return await own.CompileAsync(new CompileContext(reading, data, warnings, _reuse, _speed, _limits, _pool, _checkpoints)
        {
            Datasets = _datasets, Body = spec, Parent = parent, CompileOther = other => CompileAsync(other, parent, ct),
        }, ct).ConfigureAwait(false);

        // Every part that was read is looked at, though another part was wrong.
        Reused reused = await _reuse.ResolveAsync(reading.Arguments.OptionalValue("model"), parent, errors, ct).ConfigureAwait(false);
        ComponentValue? model = reused.Model is { } asked ? ModelDefaults.Fill(asked, JobVocabulary.All) : null;
        if (model is not null && data is not null) model = InputColumns.Place(model, reading.Arguments, data.Dataset.Columns, errors);
        if (model is not null) model = InputArrays.Place(model, data?.Dataset.Inputs, errors);
        Arguments plain = reading.Arguments.With("model", model);
        DerivedTraining? derived = data is null ? null : kind.Derive(plain, data, errors);
        if (derived is not null) warnings.AddRange(derived.Warnings);
        if (derived is not null) (plain, data, model) = (derived.Job, derived.Described, derived.Job.OptionalValue("model"));
        var definition = derived is null && kind.IsDerived ? null : (ModelDefinition?)model?.Create();
        Network? network = definition is null ? null : NetworkBuilder.Build(definition, data?.InputShape, errors);
        if (network is not null)
        {
            reused.Check(network, errors);
            _ = Freezing.Apply(network, plain, errors);
        }
        ComponentValue? lossValue = plain.OptionalValue("loss");
        if (lossValue is not null && data is not null && network is not null) lossValue = NetworkLoss.Resolve(plain, network, data.Target, errors);
        Loss? loss = lossValue is null ? null : network is null ? (Loss)lossValue.Create() : NetworkLoss.Of(lossValue, network);
        if (data is not null && network is not null && loss is not null)
            new FitCheck(data, definition!, network, lossValue!, loss, errors, warnings).Run();
        NamesCheck.Run(plain, data, network, loss, errors);
        CallbackCheck.Run(plain, errors);
        RateCheck.Run(plain, errors);
        if (errors.Any || reading.Spec is not { } job || data is null || network is null || definition is null)
            return new CompiledSpec { Errors = reused.Places(errors.All) };

        plain = plain.With("parent", parent?.Id);
        job = RateCheck.Resolve(Resolve(job.As(plain).With("model", model).With("loss", lossValue).With("loss_weights", null)
            .With("dataset", reading.Arguments.Object("dataset").With(InputColumns.Key, null)), data), data.Counts.Train);
        IReadOnlyList<PhasePlan> phases = TrainingPlanner.Phases(job, network, errors);
        long memory = phases.Max(p => MemoryEstimate.Of(p.Network, p.Optimizer, p.BatchSize, data.Counts.Validation is null ? 0 : Validator.BatchFor(p.BatchSize), data,
            phases.Any(CallbackSet.HasMemory), job.Pruning is not null));
        List<StageEstimate> later = [.. derived!.Later.Select(stage => StageEstimate.Of(job, stage, errors)).OfType<StageEstimate>()];
        memory = Math.Max(memory, later.Select(s => s.MemoryBytes).DefaultIfEmpty().Max());
        _limits.Check(job, network, memory, errors);
        if (errors.Any) return new CompiledSpec { Errors = errors.All };
        new Advice(job, definition, data, warnings).Give();
        new PhaseAdvice(job, phases, data.Counts.Train, warnings).Give();
        new RateAdvice(job, phases, data.Counts.Train, warnings).Give();
        int threads = job.Threads!.Value;
        var seconds = new List<double>();
        foreach (PhasePlan phase in phases)
            seconds.Add(await _speed.SecondsAsync(Work(phase, data), Math.Min(threads, _pool.Threads)).ConfigureAwait(false));
        JsonArray? stages = null;
        foreach (StageEstimate stage in later)
            (stages ??= []).Add(stage.Tell(await _speed.SecondsAsync(Work(stage.Phases[0], stage.Data), Math.Min(threads, _pool.Threads)).ConfigureAwait(false)));
        return new CompiledSpec
        {
            Warnings = reused.Places(warnings),
            Envelope = new JobEnvelope(job.Name, job.Kind, job.Labels, job.Priority, job.MaxAttempts, job.MaxRuntimeSeconds, threads, FromCheckpoint: reused.CheckpointId),
            ResolvedJson = derived.Stored.Aggregate(job, (stored, member) => stored.With(member.Key, member.Value)).ToJson(),
            SummaryJson = Summary.Of(job, data, reused.Source, phases, memory, seconds, kind.IsDerived ? Left(derived, job, network) : null, stages),
        };
    }

    private static EpochWork Work(PhasePlan phase, DescribedData data)
    {
        double rows = data.Counts.Train, validation = data.Counts.Validation ?? 0, changed = data.Augment is null ? 0 : rows;
        return EpochWork.Of(phase.Network, rows, phase.StepsPerEpoch(data.Counts.Train), validation).Keeping(phase.Network, rows - changed, validation, phase.Epochs)
            with
        { ChangedNumbers = changed * phase.Network.InputShape.Size };
    }

    // Whoever goes on from this job must know it before it has run, and its resolved spec doesn't show it.
    private static JsonObject Left(DerivedTraining derived, JobSpec job, Network network)
        => ParentModel.Describe(derived.Leaves.Count > 0 ? derived.Leaves : [(ParentCheckpoint.Final, job.Model, network.InputShape.Axes)]);

    // A schedule that leaves its end open is told how long the job is.
    private static ComponentValue EndOfPruning(ComponentValue pruning, JobSpec job, DescribedData data)
    {
        if (pruning.Descriptor.Name != PolynomialSparsity.Descriptor.Name || pruning.Arguments.Has("end_step")) return pruning;
        long batches = ((long)data.Counts.Train + job.BatchSize - 1) / job.BatchSize * job.Epochs;
        long updates = batches / ((Optimizer)job.Optimizer.Create()).Settings.AccumulationSteps;
        long end = Math.Max(pruning.Arguments.Long("begin_step") + 1, (long)(updates * PolynomialSparsity.EndShare));
        return pruning with { Arguments = pruning.Arguments.With("end_step", end) };
    }

    private async Task<DescribedData?> DescribeAsync(JobReading reading, CancellationToken ct)
    {
        if (reading.Errors.All.Any(e => e.Pointer.StartsWith("/dataset", StringComparison.Ordinal)) || reading.Arguments.OptionalObject("dataset") is not { } asked)
            return null;
        DataResult<DescribedData> described = await _datasets.DescribeAsync(DatasetRequest.From(asked), ct).ConfigureAwait(false);
        foreach (SpecError error in described.Errors) reading.Errors.Add(error);
        return described.Value;
    }

    private JobSpec Resolve(JobSpec job, DescribedData data)
    {
        Arguments checkpoint = job.Arguments.Object("checkpoint"), limits = job.Arguments.Object("limits");
        if (!checkpoint.Has("monitor")) checkpoint = checkpoint.With("monitor", data.Counts.Validation is null ? "loss" : "val_loss");
        if (!limits.Has("threads")) limits = limits.With("threads", (long)_pool.Threads);
        job = job.With("checkpoint", checkpoint).With("limits", limits);
        return job.Pruning is { } pruning ? job.With("pruning", EndOfPruning(pruning, job, data)) : job;
    }
}
