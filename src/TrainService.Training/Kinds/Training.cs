using TrainService.Jobs.Specs.Kinds;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds;

/// <summary>Trains a network; before that, searches the rates that the job leaves open.</summary>
internal class Training(JobKindSpec? spec = null) : JobKind(spec ?? JobKinds.Train)
{
    /// <inheritdoc/>
    public override RunEnd Run(RunSession session)
    {
        session.Prepare();
        if (session.Spec.RateSearch is not null && RateSearch.Search(session, isLast: false) is { Kind: not RunEndKind.Finished } interrupted) return interrupted;
        TrainingPlan plan = TrainingPlanner.Plan(session.Plain, session.Data.InputShape);
        using var run = new TrainingRun(plan, session.Data, session.Keeper(plan), session.Context());
        return session.Do(run);
    }
}
