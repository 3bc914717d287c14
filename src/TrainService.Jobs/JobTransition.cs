using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Jobs.Ports;

namespace TrainService.Jobs;

/// <summary>What a move makes of a job: the pure half of <see cref="IJobStore.MoveAsync"/>, shared by every store.</summary>
/// <param name="Job">The job afterwards (as it was, unless moved). Its version and last_seq are the store's to count.</param>
/// <param name="StatusEvent">What goes into the log, when it moved.</param>
public sealed record JobTransition(MoveResult Result, JobRecord Job, NewJobEvent? StatusEvent)
{
    public static JobTransition Apply(JobRecord job, JobMove move, DateTimeOffset now)
    {
        if (move.Action == JobAction.Start && move.NewRunToken is null)
            throw new ArgumentException("Start needs the token of the run that begins.", nameof(move));

        // A run that lost its job must learn that first, wherever the job stands by now.
        if (JobMoves.NeedsToken(move.Action) && (move.RunToken is null || move.RunToken != job.RunToken))
            return new(MoveResult.Fenced, job, null);

        // What waits for its parent is queued like any other, but for this.
        if (move.Action == JobAction.Start && job.WaitsFor is not null)
            return new(MoveResult.Illegal, job, null);

        Judgement judgement = JobMoves.Judge(job.Status, move.Action);
        if (judgement.Verdict != MoveVerdict.Moves)
            return new(judgement.Verdict == MoveVerdict.Repeats ? MoveResult.AlreadyThere : MoveResult.Illegal, job, null);

        JobRecord after = Change(job, move, judgement.Next, now);
        return new(MoveResult.Moved, after, StatusEventOf(after, move));
    }

    /// <summary>The first event of every log.</summary>
    public static NewJobEvent QueuedEvent(JobRecord job) => StatusEventOf(job, null);

    private static JobRecord Change(JobRecord job, JobMove move, JobStatus next, DateTimeOffset now)
    {
        bool starts = move.Action == JobAction.Start;
        bool active = JobMoves.IsActive(next);
        bool requeues = move.Action == JobAction.Requeue;
        bool failedRun = requeues && !move.ProcessLost && move.Error is not null;
        bool anew = move.Action == JobAction.Resume;
        return job with
        {
            Status = next,
            Reason = move.Reason ?? (next == JobStatus.Queued && job.WaitsFor is { } parent ? JobFamily.WhyItWaits(parent) : null),
            Error = next == JobStatus.Failed ? move.Error : null,
            RunToken = starts ? move.NewRunToken : active ? job.RunToken : null,
            Attempt = job.Attempt + (starts ? 1 : 0),
            Failures = failedRun ? job.Failures + 1 : anew ? 0 : job.Failures,
            Losses = requeues && move.ProcessLost ? job.Losses + 1 : anew ? 0 : job.Losses,
            QueuedAt = next == JobStatus.Queued ? now : job.QueuedAt,
            StartedAt = starts ? job.StartedAt ?? now : job.StartedAt,
            FinishedAt = JobMoves.IsTerminal(next) ? now : null,
            WaitsFor = JobMoves.IsTerminal(next) ? null : job.WaitsFor,
            RestAfter = anew && move.Rests ? move.RestAfter : job.RestAfter,
            NotBefore = next == JobStatus.Queued ? move.NotBefore : null,
            Progress = active ? job.Progress : job.Progress is { } p ? p with { EtaSeconds = null } : null,
        };
    }

    private static NewJobEvent StatusEventOf(JobRecord job, JobMove? move)
    {
        JsonObject data = new() { ["status"] = job.Status.Word(), ["attempt"] = job.Attempt };
        if (job.Reason is not null)
            data["reason"] = job.Reason;
        if (move?.Error is { } error)
            data["error"] = new JsonObject { ["class"] = error.Class, ["detail"] = error.Detail };
        if (job.NotBefore is { } notBefore)
            data["not_before"] = notBefore;
        return new(JobEvent.Status, data.ToJsonString(JsonSerializerOptions.Default));
    }
}
