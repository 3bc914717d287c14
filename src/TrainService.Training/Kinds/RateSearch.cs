using TrainService.Jobs.Specs.Kinds;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds;

/// <summary>Searches a learning rate and says what it found, of the network that would be trained.</summary>
internal sealed class RateSearch() : JobKind(JobKinds.RateSearch)
{
    /// <summary>Tells the search's resume points from those of the training after it.</summary>
    private const string Mark = ":lr_find";

    /// <inheritdoc/>
    public override RunEnd Run(RunSession session)
    {
        session.Prepare();
        return Search(session, isLast: true);
    }

    /// <summary>Searches. Where the job goes on after it, what was found becomes part of the resolved spec at once: whoever takes the job up later trains with it.</summary>
    /// <param name="isLast">The job is over with it.</param>
    public static RunEnd Search(RunSession session, bool isLast)
    {
        TrainingPlan plan = TrainingPlanner.Plan(session.Plain, session.Data.InputShape);
        using var search = new FinderRun(plan, session.Data, session.Context(Mark));
        RunEnd end = session.Do(search, isLast: false, Mark);
        if (end.Kind != RunEndKind.Finished) return end;
        var report = new FinderReport(search.Finder, session.Spec);
        session.Found(report, resolves: !isLast);
        return isLast ? session.Settle(end with { Reason = "The search is over." }) : end;
    }
}
