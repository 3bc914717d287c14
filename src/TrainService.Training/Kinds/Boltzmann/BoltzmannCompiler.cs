using TrainService.Data.Requests;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Boltzmann;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Compilation;

namespace TrainService.Training.Kinds.Boltzmann;

/// <summary>Checks a job of kind pretrain_rbm: which layers are machines, and what they take.</summary>
internal sealed class BoltzmannCompiler : ICompiledByItself
{
    private const string Object = "pretrain_rbm", Visible = "visible", Auto = "auto", Binary = "binary", Gaussian = "gaussian";

    /// <summary>What tells the best checkpoint when the job names nothing: the newest is.</summary>
    public const string Newest = "epoch";

    public static IReadOnlyList<string> Figures { get; } = [Newest, "reconstruction_error", "pseudo_likelihood", "free_energy", "val_free_energy", "hidden_activity"];

    public async Task<CompiledSpec> CompileAsync(CompileContext context, CancellationToken ct)
    {
        (JobReading reading, SpecErrors errors) = (context.Reading, context.Reading.Errors);
        Arguments asked = reading.Arguments.OptionalObject(Object) ?? Arguments.None;
        AskedModel? model = await AskedModel.ReadAsync(context, reading.Arguments.OptionalValue("model"), "/model", m => BoltzmannDefaults.Fill(m, JobVocabulary.All), _ => context.Data?.InputShape, ct)
            .ConfigureAwait(false);
        IReadOnlyList<TaughtLayer> layers = model is null ? [] : MachineStack.Of(model.Network, asked.Has("layers") ? asked.Texts("layers") : null, model.LayerPointer, errors);
        if (context.Data?.Augment is not null) errors.Add("/dataset/augment", "unsupported", "Jobs of this kind take the dataset's rows as they are.");
        CheckRate(reading.Arguments, errors);
        if (reading.Arguments.OptionalObject("checkpoint")?.OptionalText("monitor") is { } monitor && !Figures.Contains(monitor))
            errors.Add("/checkpoint/monitor", "not_found", $"Nothing of this name is measured. Known: {string.Join(", ", Figures)}.", monitor, NearestName.Of(monitor, Figures));
        if (context.Data is { } described && layers.Count > 0)
        {
            asked = ResolveVisible(asked, described, reading.Arguments.OptionalObject("dataset"), errors, context.Warnings);
            foreach (TaughtLayer layer in layers.Where(l => !l.TakesRows))
                if ((double)layer.Visible * Math.Max(described.Counts.Train, described.Counts.Validation ?? 0) > Array.MaxLength)
                    errors.Add($"/model", "too_large", $"What lies below '{layer.Layer.Name}' gives {layer.Visible:N0} numbers for each of {described.Counts.Train:N0} rows; together at most {Array.MaxLength:N0} are taken.");
        }
        if (errors.Any || reading.Spec is not { } job || context.Data is not { } data || model is null) return new CompiledSpec { Errors = errors.All };

        asked = asked.With("layers", layers.Select(l => l.Layer.Name).ToArray());
        if (!asked.Has("sample_visible")) asked = asked.With("sample_visible", asked.Flag("persistent"));
        Arguments checkpoint = job.Arguments.Object("checkpoint"), limits = job.Arguments.Object("limits");
        if (!checkpoint.Has("monitor")) checkpoint = checkpoint.With("monitor", Newest);
        if (!limits.Has("threads")) limits = limits.With("threads", (long)context.Pool.Threads);
        job = job.With("model", model.Value).With(Object, asked).With("checkpoint", checkpoint).With("limits", limits);
        var plan = new BoltzmannPlan(job, model.Network, layers);
        long memory = Memory(plan, job, data);
        context.Limits.Check(job, model.Network, memory, errors);
        if (errors.Any) return new CompiledSpec { Errors = errors.All };
        Advise(plan, job, context.Warnings);
        int threads = Math.Min(job.Threads!.Value, context.Pool.Threads), rows = data.Counts.Train, steps = (rows + job.BatchSize - 1) / job.BatchSize;
        double seconds = 0;
        // A training step of the machine's own network is two products for a row.
        for (int i = 0; i < layers.Count; i++)
            seconds += await context.Speed.SecondsAsync(EpochWork.Of(plan.Machine(i), (long)rows * plan.ProductsPerRow / 2, steps, 0), threads).ConfigureAwait(false) / layers.Count;
        return new CompiledSpec
        {
            Warnings = context.Warnings,
            Envelope = new JobEnvelope(job.Name, job.Kind, job.Labels, job.Priority, job.MaxAttempts, job.MaxRuntimeSeconds, threads, model.Reused.CheckpointId),
            ResolvedJson = job.ToJson(),
            SummaryJson = Summary.Of([("model", model.Network)], data, memory, steps, seconds, [(ParentCheckpoint.Final, model.Value, data.InputShape)]),
        };
    }

    private static void CheckRate(Arguments job, SpecErrors errors)
    {
        if (job.OptionalValue("optimizer") is not { } optimizer) return;
        if (optimizer.Arguments.IsReplaced("learning_rate") || job.Has("schedule"))
            errors.Add("/optimizer/learning_rate", "unsupported", "In a job of this kind the optimizer's rate is a number.");
        if (optimizer.Arguments.OptionalInteger("gradient_accumulation_steps") is > 1)
            errors.Add("/optimizer/gradient_accumulation_steps", "unsupported", "In a job of this kind each batch makes an update.");
        if (optimizer.Arguments.Has("ema") || (optimizer.Arguments.Has("use_ema") && optimizer.Arguments.Flag("use_ema")))
            errors.Add($"/optimizer/{(optimizer.Arguments.Has("ema") ? "ema" : "use_ema")}", "unsupported", "In a job of this kind no moving average of the weights is kept.");
    }

    private static Arguments ResolveVisible(Arguments asked, DescribedData data, Arguments? dataset, SpecErrors errors, List<SpecWarning> warnings)
    {
        bool prepared = dataset?.Has("preprocess") == true && dataset.ValueList("preprocess").Count > 0;
        (double Minimum, double Maximum)? range = prepared || data.Dataset.Statistics?.Inputs is not { } inputs ? null : (inputs.Minimum, inputs.Maximum);
        bool within = range is { Minimum: >= 0, Maximum: <= 1 };
        // What preprocessing makes of the range is not known before it is fitted, but by its name.
        if (prepared) within = dataset!.ValueList("preprocess")[^1] is { Descriptor.Name: "min_max" } scaled && scaled.Arguments.Number("minimum") >= 0 && scaled.Arguments.Number("maximum") <= 1;
        string kind = asked.Has(Visible) ? asked.Text(Visible) : Auto;
        if (kind == Auto) return asked.With(Visible, within ? Binary : Gaussian);
        if (kind == Binary && range is not null && !within)
            errors.Add($"/{Object}/{Visible}", "conflict", $"Binary units take numbers from 0 to 1, the dataset's lie between {range.Value.Minimum:g4} and {range.Value.Maximum:g4}. Use gaussian with standardized data.", kind, Gaussian);
        if (kind == Gaussian && !prepared)
            warnings.Add(new SpecWarning("/dataset/preprocess", "rbm_not_standardized", "Gaussian units have a variance of 1, and the data is as it was.", "Add {\"type\": \"standardize\"} to dataset.preprocess."));
        return asked;
    }

    private static void Advise(BoltzmannPlan plan, JobSpec job, List<SpecWarning> warnings)
    {
        double rate = plan.Optimizer.LearningRate;
        if (plan.KindOf(0) == VisibleUnits.Gaussian && rate > 0.01 && job.Optimizer.Descriptor.Name == "sgd")
            warnings.Add(new SpecWarning("/optimizer/learning_rate", "rbm_rate", "Gaussian units need a rate some ten times lower than binary ones (Hinton 2010, section 13.2).", "Use 0.001 to 0.005."));
        if (plan.Persistent && rate > 0.02 && job.Optimizer.Descriptor.Name == "sgd")
            warnings.Add(new SpecWarning("/optimizer/learning_rate", "rbm_rate", "Persistent chains must keep up with the weights.", "Use 0.01 or less."));
        if (job.BatchSize > 500)
            warnings.Add(new SpecWarning("/batch_size", "rbm_batch", "Large batches make few updates; some ten to a hundred rows are usual (Hinton 2010, section 4).", "Use 10 to 100."));
    }

    private static long Memory(BoltzmannPlan plan, JobSpec job, DescribedData data)
    {
        double most = 0, rows = data.Counts.Train + (data.Counts.Validation ?? 0.0), weights = 4.0 * plan.Network.ParameterCount;
        for (int i = 0; i < plan.Layers.Count; i++)
            most = Math.Max(most, MemoryEstimate.OfModel(plan.Machine(i), plan.Optimizer, 2 * job.BatchSize, 128, remembersBest: false, prunes: false)
                + (plan.Layers[i].TakesRows ? 0 : 4.0 * plan.Layers[i].Visible * rows));
        return MemoryEstimate.Whole(most + (3 * weights) + MemoryEstimate.OfRows(plan.Network.InputShape.Size, data));
    }
}
