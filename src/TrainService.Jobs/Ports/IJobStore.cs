namespace TrainService.Jobs.Ports;

/// <summary>The jobs table and its event log. Every method that returns has its effect on disk.</summary>
public interface IJobStore
{
    /// <summary>Stores a new job, its "queued" event and its idempotency key in one transaction.</summary>
    /// <param name="mostUnfinished">How many jobs of the same owner may be unfinished, this one included; null for any number.</param>
    Task<SubmitOutcome> SubmitAsync(JobRecord job, IdempotencyKey? key, CancellationToken ct, int? mostUnfinished = null)
        => SubmitAsync([job], key, ct, mostUnfinished);

    /// <summary>Stores new jobs, all or none, as <see cref="SubmitAsync(JobRecord, IdempotencyKey?, CancellationToken, int?)"/> stores one.</summary>
    /// <param name="jobs">At least one; a parent stands before its children. One whose parent has succeeded already does not wait.</param>
    Task<SubmitOutcome> SubmitAsync(IReadOnlyList<JobRecord> jobs, IdempotencyKey? key, CancellationToken ct, int? mostUnfinished = null);

    /// <summary>What was answered under this key before; null when it is new.</summary>
    Task<SubmitOutcome?> FindByKeyAsync(IdempotencyKey key, CancellationToken ct);

    Task<JobRecord?> FindAsync(string id, CancellationToken ct);

    /// <summary>Newest first.</summary>
    /// <exception cref="InvalidCursorException">The cursor is not one that a page gave.</exception>
    Task<JobPage> ListAsync(JobFilter filter, CancellationToken ct);

    /// <summary>How many queued jobs will start before this one, those that wait for a parent left out; 0 for the next one.</summary>
    Task<int> QueuePositionAsync(JobRecord job, CancellationToken ct);

    /// <summary>The one function that changes a status: over the table of legal moves, in one transaction with its event.</summary>
    Task<MoveOutcome> MoveAsync(JobMove move, CancellationToken ct);

    /// <summary>What a run says: events, progress, newest metrics, in one transaction. False when the token is no longer the job's.</summary>
    Task<bool> ReportAsync(RunReport report, CancellationToken ct);

    /// <summary>Name, labels, priority. Null when there is no such job.</summary>
    Task<JobRecord?> EditAsync(string id, JobEdit edit, CancellationToken ct);

    /// <summary>Prolongs the leases of these runs from now, by the clock of the database. Returns the tokens that still hold their job.</summary>
    Task<IReadOnlyCollection<string>> RenewLeasesAsync(IReadOnlyCollection<string> runTokens, TimeSpan lease, CancellationToken ct);

    /// <summary>Terminal jobs that ended before this time, the oldest first: for retention.</summary>
    Task<IReadOnlyList<string>> FinishedBeforeAsync(DateTimeOffset time, int limit, CancellationToken ct);

    /// <summary>Removes a terminal job with its events. False when it is missing or not terminal.</summary>
    Task<bool> DeleteAsync(string id, CancellationToken ct);

    /// <summary>The trials of a sweep, by their number.</summary>
    Task<IReadOnlyList<JobRecord>> TrialsAsync(string sweepId, CancellationToken ct);

    /// <summary>Every job that is not terminal, oldest first: for restart and for the sweeper.</summary>
    Task<IReadOnlyList<UnfinishedJob>> UnfinishedAsync(CancellationToken ct);

    /// <summary>Events with a number above <paramref name="after"/>, in order.</summary>
    Task<IReadOnlyList<JobEvent>> EventsAsync(string jobId, long after, int limit, CancellationToken ct);

    /// <summary>Only the events of one type, in order.</summary>
    Task<IReadOnlyList<JobEvent>> EventsOfTypeAsync(string jobId, string type, CancellationToken ct);

    /// <summary>
    /// Events of one type, evenly spaced, the first and the last among them: what the metrics door reads. Costs what is returned, however long the log.
    /// </summary>
    /// <param name="most">At least 2. As many are returned when there are so many; of very long logs fewer may be, where many others stand between.</param>
    Task<IReadOnlyList<JobEvent>> EventSampleAsync(string jobId, string type, int most, CancellationToken ct);
}

/// <summary>An Idempotency-Key header with the SHA-256 of the body that it came with, and who sent it.</summary>
public sealed record IdempotencyKey(string Key, string BodyHash, string Owner = "");

public enum SubmitResult
{
    Created,

    /// <summary>Same key, same body: the job that it made the first time.</summary>
    Repeated,

    /// <summary>Same key, another body.</summary>
    KeyReused,

    /// <summary>Its owner has as many unfinished jobs as it may have. Nothing is stored.</summary>
    OverQuota,

    /// <summary>The checkpoint that it starts from has been deleted meanwhile.</summary>
    CheckpointGone,

    /// <summary>The job that it is to wait for has been deleted, or has ended without success, meanwhile.</summary>
    ParentGone,

    /// <summary>This trial of its sweep is there already.</summary>
    TrialExists,
}

/// <param name="Job">The first one that was stored.</param>
public sealed record SubmitOutcome(SubmitResult Result, JobRecord? Job)
{
    /// <summary>All that were stored.</summary>
    public IReadOnlyList<JobRecord> Jobs { get; init; } = Job is null ? [] : [Job];
}

public sealed record JobFilter
{
    public IReadOnlyList<JobStatus> Statuses { get; init; } = [];
    public string? Kind { get; init; }

    /// <summary>Label name and value; a null value asks only that the label is there.</summary>
    public IReadOnlyList<(string Name, string? Value)> Labels { get; init; } = [];

    /// <summary>Part of the name, in any case.</summary>
    public string? Name { get; init; }

    /// <summary>The job that they were forked from.</summary>
    public string? ForkedFrom { get; init; }

    /// <summary>The job that had to succeed before them.</summary>
    public string? Parent { get; init; }

    /// <summary>The first job of the chain that they were sent with.</summary>
    public string? Chain { get; init; }

    /// <summary>The sweep whose trials they are.</summary>
    public string? Sweep { get; init; }
    public string? After { get; init; }
    public int Limit { get; init; } = 50;
}

/// <param name="Next">Opaque cursor for the next page; null on the last one.</param>
public sealed record JobPage(IReadOnlyList<JobRecord> Jobs, string? Next);

/// <param name="RunToken">Required for what ends a run (<see cref="JobMoves.NeedsToken"/>); refused as fenced when it isn't the job's.
/// A sweeper shows the token that it found on the lost run.</param>
/// <param name="Error">Why it failed; with <see cref="JobAction.Requeue"/>, why it is tried again (this counts as a failed run).</param>
/// <param name="NewRunToken">For <see cref="JobAction.Start"/>: the token of the run that begins (<c>Ids.New("run")</c>).</param>
public sealed record JobMove(string JobId, JobAction Action, string? RunToken = null, string? Reason = null, JobError? Error = null, string? NewRunToken = null)
{
    /// <summary>Events that belong before the status event, in the same transaction.</summary>
    public IReadOnlyList<NewJobEvent> Events { get; init; } = [];

    /// <summary>For <see cref="JobAction.Requeue"/>: not to be started again before then.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>For <see cref="JobAction.Requeue"/>: the run's process is gone, which is counted apart from failures.</summary>
    public bool ProcessLost { get; init; }

    /// <summary>For <see cref="JobAction.Resume"/>: <see cref="RestAfter"/> counts.</summary>
    public bool Rests { get; init; }

    /// <summary>With <see cref="Rests"/>: the epochs after which the job rests again; null to go through.</summary>
    public int? RestAfter { get; init; }

    /// <summary>For <see cref="JobAction.Start"/>: how long the run holds the job unless it renews; null where nobody else could take it.</summary>
    public TimeSpan? Lease { get; init; }
}

public enum MoveResult
{
    Moved,

    /// <summary>It already stands where the action leads: repeating is harmless.</summary>
    AlreadyThere,

    /// <summary>Not legal from where it stands.</summary>
    Illegal,

    /// <summary>The run token is not the job's any more.</summary>
    Fenced,
    NotFound,
}

/// <param name="Legal">For <see cref="MoveResult.Illegal"/>: what may be done from where it stands.</param>
public sealed record MoveOutcome(MoveResult Result, JobRecord? Job, IReadOnlyList<JobAction> Legal)
{
    /// <summary>Other jobs that the move has changed in the same transaction, as they stand now: children that may start or have ended with it, trials of a sweep.</summary>
    public IReadOnlyList<JobRecord> Others { get; init; } = [];
}

public sealed record RunReport(string JobId, string RunToken)
{
    public IReadOnlyList<NewJobEvent> Events { get; init; } = [];
    public JobProgress? Progress { get; init; }
    public int? Phase { get; init; }
    public string? LatestJson { get; init; }
    public string? BestJson { get; init; }

    /// <summary>What the run has worked out of the spec: what stood open in it is filled in.</summary>
    public string? ResolvedJson { get; init; }

    /// <summary>The summary, with what the run has found out.</summary>
    public string? SummaryJson { get; init; }
}

/// <summary>Members that are null stay as they are.</summary>
public sealed record JobEdit(string? Name, IReadOnlyDictionary<string, string>? Labels, int? Priority);

/// <summary>What restart and sweeper need of a job that is not terminal.</summary>
/// <param name="Leased">Its run holds a lease that has not run out.</param>
/// <param name="Waits">For its parent: it must not be started.</param>
/// <param name="Kind">As in the spec.</param>
public sealed record UnfinishedJob(string Id, JobStatus Status, int Priority, string? RunToken, int Losses, DateTimeOffset? NotBefore, bool Leased = false,
    bool Waits = false, string Kind = "train");
