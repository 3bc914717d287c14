using TrainService.Jobs.Specs.Kinds;
using TrainService.NeuralNet.State;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds;

/// <summary>Trains a network; before that, searches the rates that the job leaves open.</summary>
internal class Training(JobKindSpec? spec = null) : JobKind(spec ?? JobKinds.Train)
{
    /// <inheritdoc/>
    public override RunEnd Run(RunSession session)
    {
        session.Prepare();
        if (SearchRates(session) is { } interrupted) return interrupted;
        TrainingPlan plan = TrainingPlanner.Plan(session.Plain, session.Data.InputShape);
        IReadOnlyList<SavedModel>? models = Saves(session);
        using var run = new TrainingRun(plan, session.Data, models is null ? session.Keeper(plan) : session.Keeper(plan, models), session.Context(), models, Pictures(session));
        return session.Do(run);
    }

    /// <returns>How the job ended, when the search did not come to its end; null to go on.</returns>
    protected static RunEnd? SearchRates(RunSession session)
        => session.Spec.RateSearch is not null && RateSearch.Search(session, isLast: false) is { Kind: not RunEndKind.Finished } interrupted ? interrupted : null;

    /// <summary>What is saved of what is trained, the job's result first; null for all of it.</summary>
    protected virtual IReadOnlyList<SavedModel>? Saves(RunSession session) => null;

    /// <summary>What makes pictures for the epochs' events; null for none.</summary>
    protected virtual Func<NetworkState, EpochPictures?>? Pictures(RunSession session) => null;
}
