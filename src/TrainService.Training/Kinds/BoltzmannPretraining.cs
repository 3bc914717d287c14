using TrainService.Data.Descriptions;
using TrainService.Jobs.Specs.Kinds;
using TrainService.Training.Checkpoints;
using TrainService.Training.Compilation;
using TrainService.Training.Kinds.Boltzmann;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds;

/// <summary>Teaches the layers of a network one after the other as restricted Boltzmann machines (Hinton, Osindero, Teh 2006). The network is the job's result.</summary>
internal sealed class BoltzmannPretraining() : JobKind(JobKinds.PretrainRbm)
{
    /// <inheritdoc/>
    public override ICompiledByItself? Compiler { get; } = new BoltzmannCompiler();

    /// <inheritdoc/>
    public override RunEnd Run(RunSession session)
    {
        session.Prepare();
        BoltzmannPlan plan = BoltzmannPlan.Of(session.Spec, session.Data.InputShape);
        // What the layers give stands for no classes yet.
        CheckpointMetadata metadata = CheckpointMetadata.Of(session.Data, session.Spec.Model, JobVocabulary.All.WithDefaults("loss", "mse")) with
        {
            Target = new TargetDescription { Kind = TargetKind.Vector, Shape = [.. plan.Network.OutputShape.Axes] },
        };
        string monitor = session.Spec.Checkpoint.Monitor ?? BoltzmannCompiler.Newest;
        using var run = new BoltzmannRun(session.Spec, plan, session.Data, session.Keeper(monitor, monitor is BoltzmannCompiler.Newest or "pseudo_likelihood", metadata), session.Context());
        return session.Do(run);
    }
}
