using TrainService.Data.Requests;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Adversarial;
using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Compilation;
using TrainService.Training.Models;

namespace TrainService.Training.Kinds.Adversarial;

/// <summary>Checks a job of kind gan: do latent numbers, generator, data and discriminator fit each other?</summary>
internal sealed class AdversarialCompiler : ICompiledByItself
{
    private const string Object = "gan", Pointer = "/gan", Latent = "latent_size", Preprocess = "preprocess";
    private const int UsualLatents = 100;

    /// <summary>What an epoch event's checkpoints are told apart by when the job names nothing: the newest is the best.</summary>
    public const string Newest = "epoch";

    /// <summary>Figures that a checkpoint may be chosen by.</summary>
    public static IReadOnlyList<string> Figures { get; } =
        [Newest, "generator_loss", "discriminator_loss", "real_loss", "fake_loss", "real_accuracy", "fake_accuracy", "diversity"];

    public async Task<CompiledSpec> CompileAsync(CompileContext context, CancellationToken ct)
    {
        SpecErrors errors = context.Reading.Errors;
        Arguments asked = context.Reading.Arguments.OptionalObject(Object) ?? Arguments.None;
        Vocabulary words = JobVocabulary.All;
        IReadOnlyList<int>? shape = context.Data?.InputShape;
        int? latents = asked.OptionalInteger(Latent);
        AskedModel? generator = await AskedModel.ReadAsync(context, asked.OptionalValue("generator"), $"{Pointer}/generator", m => AdversarialDefaults.Generator(m, words),
            m => latents is { } said ? [said] : m.InputShape ?? [UsualLatents], ct).ConfigureAwait(false);
        AskedModel? discriminator = await AskedModel.ReadAsync(context, asked.OptionalValue("discriminator"), $"{Pointer}/discriminator", m => AdversarialDefaults.Discriminator(m, words),
            _ => shape, ct).ConfigureAwait(false);
        if (context.Data?.Augment is not null) errors.Add("/dataset/augment", "unsupported", "Jobs of this kind take the dataset's rows as they are.");
        if (generator is not null) CheckGenerator(generator, shape, errors);
        if (discriminator is not null) CheckDiscriminator(discriminator, errors);
        Arguments gan = asked.With("generator", generator?.Value).With("discriminator", discriminator?.Value).With(Latent, generator?.Network.InputShape.Size);
        gan = CheckOptimizer(CheckOptimizer(gan, "generator_optimizer", null, errors), "discriminator_optimizer", "generator_optimizer", errors);
        if (context.Reading.Arguments.OptionalObject("checkpoint")?.OptionalText("monitor") is { } monitor && !Figures.Contains(monitor))
            errors.Add("/checkpoint/monitor", "not_found", $"Nothing of this name is measured. Known: {string.Join(", ", Figures)}.", monitor, NearestName.Of(monitor, Figures));
        if (errors.Any || context.Reading.Spec is not { } job || context.Data is not { } data || generator is null || discriminator is null) return new CompiledSpec { Errors = errors.All };

        Network chain = Network.Chain(generator.Network, discriminator.Network, AdversarialSession.Prefix);
        job = Resolve(job.With(Object, gan), data, generator, context);
        var plan = new AdversarialPlan(job, generator.Network, discriminator.Network);
        int batch = Math.Min(job.BatchSize, data.Counts.Train), rows = data.Counts.Train, steps = (rows + batch - 1) / batch;
        long memory = MemoryEstimate.Whole(MemoryEstimate.OfModel(discriminator.Network, plan.DiscriminatorOptimizer, batch, 0, remembersBest: false, prunes: false)
            + MemoryEstimate.OfModel(chain, plan.GeneratorOptimizer, batch, batch, remembersBest: false, prunes: false) + MemoryEstimate.OfRows(discriminator.Network.InputShape.Size, data));
        var limits = new SpecErrors();
        context.Limits.Check(job, chain, memory, limits);
        foreach (SpecError error in limits.All) errors.Add(error.Pointer == "/model" ? error with { Pointer = Pointer } : error);
        if (errors.Any) return new CompiledSpec { Errors = errors.All };
        new AdversarialAdvice(generator, discriminator, gan, context.Warnings).Give();
        int threads = Math.Min(job.Threads!.Value, context.Pool.Threads);
        double turns = (double)plan.GeneratorSteps / plan.DiscriminatorSteps;
        double seconds = await context.Speed.SecondsAsync(EpochWork.Of(discriminator.Network, 2L * rows, 2L * steps, 0), threads).ConfigureAwait(false)
            + await context.Speed.SecondsAsync(EpochWork.Of(chain, (long)(rows * turns), (long)(steps * turns), 0), threads).ConfigureAwait(false)
            + await context.Speed.SecondsAsync(EpochWork.Of(generator.Network, 0, steps, rows), threads).ConfigureAwait(false);
        return new CompiledSpec
        {
            Warnings = context.Warnings,
            Envelope = new JobEnvelope(job.Name, job.Kind, job.Labels, job.Priority, job.MaxAttempts, job.MaxRuntimeSeconds, threads,
                discriminator.Reused.CheckpointId ?? generator.Reused.CheckpointId),
            ResolvedJson = job.ToJson(),
            SummaryJson = Summary.Of([("generator", generator.Network), ("discriminator", discriminator.Network)], data, memory, steps, seconds,
                [(ParentCheckpoint.Final, generator.Value, [(int)generator.Network.InputShape.Size]), ($"{ParentCheckpoint.Final}:{AdversarialTraining.Discriminator}", discriminator.Value, data.InputShape)]),
        };
    }

    private static void CheckGenerator(AskedModel generator, IReadOnlyList<int>? shape, SpecErrors errors)
    {
        if (generator.Network.InputShape.Rank != 1)
            errors.Add($"{generator.Pointer}", "conflict", $"A generator takes a row of random numbers, not {generator.Network.InputShape}.");
        if (shape is not null && generator.Network.OutputShape.Size != shape.Aggregate(1L, (a, b) => a * b))
            errors.Add(generator.OutputPointer, "conflict", $"The generator puts out {generator.Network.OutputShape}, the dataset's rows are {NetworkBuilder.Show(shape)}.", generator.Network.OutputShape.Size);
        if (generator.Network.TrainableParameterCount == 0) errors.Add(generator.Pointer, "conflict", "The generator has nothing to learn.");
    }

    private static void CheckDiscriminator(AskedModel discriminator, SpecErrors errors)
    {
        if (discriminator.Network.OutputShape.Size != 1)
            errors.Add(discriminator.OutputPointer, "conflict", $"A discriminator answers with one number, not {discriminator.Network.OutputShape.Size}.", discriminator.Network.OutputShape.Size);
        else if (FitCheck.OutputActivation(discriminator.Definition) is { } last and not "sigmoid")
            errors.Add(discriminator.OutputPointer, "conflict", $"A discriminator answers through a sigmoid, or with a number as it is (a logit), not through {last}.", last, "sigmoid");
        if (discriminator.Network.TrainableParameterCount == 0) errors.Add(discriminator.Pointer, "conflict", "The discriminator has nothing to learn.");
    }

    private static Arguments CheckOptimizer(Arguments gan, string name, string? other, SpecErrors errors)
    {
        if (gan.OptionalValue(name) is not { } optimizer)
            return gan.With(name, other is not null && gan.Has(other) ? gan.Value(other) : AdversarialPlan.UsualOptimizer);
        if (optimizer.Arguments.IsReplaced("learning_rate"))
            errors.Add($"{Pointer}/{name}/learning_rate", "unsupported", "In a job of this kind an optimizer's rate is a number.");
        if (optimizer.Arguments.Values.GetValueOrDefault("decay") is double and not 0)
            errors.Add($"{Pointer}/{name}/decay", "unsupported", "In a job of this kind an optimizer's rate stays as it is.");
        return gan;
    }

    // A generator that ends in tanh is shown data between -1 and 1, when the job says nothing of preprocessing.
    private static JobSpec Resolve(JobSpec job, DescribedData data, AskedModel generator, CompileContext context)
    {
        Arguments dataset = job.Dataset, checkpoint = job.Arguments.Object("checkpoint"), limits = job.Arguments.Object("limits");
        if (!dataset.IsGiven(Preprocess) && data.Dataset.Columns is null && data.Dataset.Statistics?.Inputs is { } range && range.Maximum > range.Minimum
            && FitCheck.OutputActivation(generator.Definition) == "tanh" && (range.Minimum != -1 || range.Maximum != 1))
        {
            ComponentValue rescale = JobVocabulary.All.WithDefaults("preprocessor", "rescale");
            double scale = 2 / (range.Maximum - range.Minimum);
            dataset = dataset.With(Preprocess, new[] { rescale with { Arguments = rescale.Arguments.With("scale", scale).With("offset", -1 - (range.Minimum * scale)) } });
        }
        if (!checkpoint.Has("monitor")) checkpoint = checkpoint.With("monitor", Newest);
        if (!limits.Has("threads")) limits = limits.With("threads", (long)context.Pool.Threads);
        return job.With("dataset", dataset).With("checkpoint", checkpoint).With("limits", limits);
    }
}
