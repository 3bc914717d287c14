using TrainService.Data.Descriptions;
using TrainService.Jobs.Specs.Kinds;
using TrainService.Specification.Writing;
using TrainService.Training.Checkpoints;
using TrainService.Training.Compilation;
using TrainService.Training.Kinds.Adversarial;
using TrainService.Training.Reuse;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds;

/// <summary>Trains a generator and a discriminator against each other. The generator is the job's result, the discriminator a part beside it.</summary>
internal sealed class AdversarialTraining() : JobKind(JobKinds.Gan)
{
    /// <summary>The part that the discriminator's checkpoints are.</summary>
    public const string Discriminator = "discriminator";

    /// <inheritdoc/>
    public override ICompiledByItself? Compiler { get; } = new AdversarialCompiler();

    /// <inheritdoc/>
    public override RunEnd Run(RunSession session)
    {
        session.Prepare();
        AdversarialPlan plan = AdversarialPlan.Of(session.Spec, session.Data.InputShape);
        var of = CheckpointMetadata.Of(session.Data, plan.DiscriminatorModel, plan.Loss);
        CheckpointMetadata discriminator = of with { Target = new TargetDescription { Kind = TargetKind.Class, Shape = [1], ClassNames = ["generated", "real"] } };
        // It takes latent numbers as they are, whatever was done to the data that it learned to draw.
        CheckpointMetadata generator = of with
        {
            Model = SpecWriter.Write(WeightsFrom.Without(plan.GeneratorModel)),
            InputShape = [(int)plan.Generator.InputShape.Size],
            Loss = SpecWriter.Write(JobVocabulary.All.WithDefaults("loss", "mse")),
            Target = new TargetDescription { Kind = TargetKind.Vector, Shape = [.. plan.Generator.OutputShape.Axes] },
            Preprocessing = null,
        };
        string monitor = session.Spec.Checkpoint.Monitor ?? AdversarialCompiler.Newest;
        bool higherIsBetter = monitor is AdversarialCompiler.Newest or "diversity" || monitor.EndsWith("_accuracy", StringComparison.Ordinal);
        CheckpointKeeper keeper = session.Keeper(monitor, higherIsBetter, generator, (Discriminator, discriminator));
        using var run = new AdversarialRun(session.Spec, plan, session.Data, keeper, session.Context());
        return session.Do(run);
    }
}
