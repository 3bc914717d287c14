namespace TrainService.Jobs;

/// <summary>What an action does to a job that stands somewhere.</summary>
public enum MoveVerdict
{
    /// <summary>Legal: it leads to <see cref="Judgement.Next"/>.</summary>
    Moves,

    /// <summary>It stands where the action leads, or beyond it on the same way: asking again is harmless and changes nothing.</summary>
    Repeats,

    Illegal,
}

/// <param name="Next">Where the job stands afterwards; where it stands now unless it moves.</param>
public readonly record struct Judgement(MoveVerdict Verdict, JobStatus Next);

/// <summary>The one table of legal moves. Whatever is not in it is refused; final states have no rows, so they never change.</summary>
public static class JobMoves
{
    private static readonly Dictionary<(JobStatus From, JobAction Action), JobStatus> Table = new()
    {
        [(JobStatus.Queued, JobAction.Start)] = JobStatus.Running,
        [(JobStatus.Queued, JobAction.Cancel)] = JobStatus.Cancelled,
        [(JobStatus.Queued, JobAction.RequestStop)] = JobStatus.Stopped,
        [(JobStatus.Queued, JobAction.RequestPause)] = JobStatus.Paused,
        [(JobStatus.Queued, JobAction.Abandon)] = JobStatus.Failed,

        [(JobStatus.Running, JobAction.Succeed)] = JobStatus.Succeeded,
        [(JobStatus.Running, JobAction.Fail)] = JobStatus.Failed,
        [(JobStatus.Running, JobAction.Requeue)] = JobStatus.Queued,
        [(JobStatus.Running, JobAction.Cancel)] = JobStatus.Cancelled,
        [(JobStatus.Running, JobAction.RequestStop)] = JobStatus.Stopping,
        [(JobStatus.Running, JobAction.Stop)] = JobStatus.Stopped,
        [(JobStatus.Running, JobAction.RequestPause)] = JobStatus.Pausing,
        [(JobStatus.Running, JobAction.Rest)] = JobStatus.Paused,

        // A lost worker does not make a user's wish forgotten: Requeue leads where the wish led.
        [(JobStatus.Pausing, JobAction.Succeed)] = JobStatus.Succeeded,
        [(JobStatus.Pausing, JobAction.Fail)] = JobStatus.Failed,
        [(JobStatus.Pausing, JobAction.Requeue)] = JobStatus.Paused,
        [(JobStatus.Pausing, JobAction.Cancel)] = JobStatus.Cancelled,
        [(JobStatus.Pausing, JobAction.RequestStop)] = JobStatus.Stopping,
        [(JobStatus.Pausing, JobAction.Stop)] = JobStatus.Stopped,
        [(JobStatus.Pausing, JobAction.Pause)] = JobStatus.Paused,
        [(JobStatus.Pausing, JobAction.Rest)] = JobStatus.Paused,
        [(JobStatus.Pausing, JobAction.Resume)] = JobStatus.Running,

        [(JobStatus.Paused, JobAction.Cancel)] = JobStatus.Cancelled,
        [(JobStatus.Paused, JobAction.RequestStop)] = JobStatus.Stopped,
        [(JobStatus.Paused, JobAction.Resume)] = JobStatus.Queued,
        [(JobStatus.Paused, JobAction.Abandon)] = JobStatus.Failed,

        [(JobStatus.Stopping, JobAction.Succeed)] = JobStatus.Succeeded,
        [(JobStatus.Stopping, JobAction.Fail)] = JobStatus.Failed,
        [(JobStatus.Stopping, JobAction.Requeue)] = JobStatus.Stopped,
        [(JobStatus.Stopping, JobAction.Cancel)] = JobStatus.Cancelled,
        [(JobStatus.Stopping, JobAction.Stop)] = JobStatus.Stopped,
    };

    /// <summary>Where a user's request has been met already.</summary>
    private static readonly Dictionary<JobAction, JobStatus[]> Repeats = new()
    {
        [JobAction.Cancel] = [JobStatus.Cancelled],
        [JobAction.RequestStop] = [JobStatus.Stopping, JobStatus.Stopped],
        [JobAction.RequestPause] = [JobStatus.Pausing, JobStatus.Paused],
        [JobAction.Resume] = [JobStatus.Queued, JobStatus.Running],
    };

    private static readonly JobAction[] All = Enum.GetValues<JobAction>();

    private static readonly Dictionary<JobStatus, JobAction[]> LegalByStatus =
        Enum.GetValues<JobStatus>().ToDictionary(s => s, s => All.Where(a => Table.ContainsKey((s, a))).ToArray());

    public static Judgement Judge(JobStatus from, JobAction action)
        => Table.TryGetValue((from, action), out JobStatus next) ? new(MoveVerdict.Moves, next)
            : Repeats.TryGetValue(action, out JobStatus[]? met) && met.Contains(from) ? new(MoveVerdict.Repeats, from)
            : new(MoveVerdict.Illegal, from);

    /// <summary>The actions that move a job from here, in the order of <see cref="JobAction"/>.</summary>
    public static IReadOnlyList<JobAction> Legal(JobStatus from) => LegalByStatus[from];

    /// <summary>Done by a run, which must show its token; the others are done by users (Start by who brings a new token, Abandon by the end of a parent).</summary>
    public static bool NeedsToken(JobAction action)
        => action is JobAction.Succeed or JobAction.Fail or JobAction.Requeue or JobAction.Stop or JobAction.Pause or JobAction.Rest;

    /// <summary>What a user may ask for.</summary>
    public static bool IsUsers(JobAction action)
        => action is JobAction.Cancel or JobAction.RequestStop or JobAction.RequestPause or JobAction.Resume;

    /// <summary>A run holds it: it has a token.</summary>
    public static bool IsActive(JobStatus status) => status is JobStatus.Running or JobStatus.Pausing or JobStatus.Stopping;

    public static bool IsTerminal(JobStatus status)
        => status is JobStatus.Succeeded or JobStatus.Stopped or JobStatus.Cancelled or JobStatus.Failed;
}
