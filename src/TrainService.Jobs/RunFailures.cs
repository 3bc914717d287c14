using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Sweeps;

namespace TrainService.Jobs;

/// <summary>What becomes of a run that ended badly: tried again later, or failed for good. For the runner, and for the sweeper that finds lost runs.</summary>
public sealed class RunFailures(IJobStore store, IJobQueue queue, IDoorbell doorbell, RetryPolicy policy, TimeProvider? time = null,
    ILogger<RunFailures>? log = null, SweepDriver? sweeps = null)
{
    private readonly ILogger _log = log ?? NullLogger<RunFailures>.Instance;
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>A run reports its own failure.</summary>
    /// <param name="events">Logged before the status event.</param>
    public async Task<MoveOutcome> FailAsync(string jobId, string runToken, JobError error, IReadOnlyList<NewJobEvent> events, CancellationToken ct)
    {
        // Read anew: a resume point saved since the start has cleared the count.
        JobRecord? job = await store.FindAsync(jobId, ct).ConfigureAwait(false);
        if (job is null)
            return new(MoveResult.NotFound, null, []);
        int failures = job.Failures + 1;
        TimeSpan? delay = job.Status == JobStatus.Stopping ? null : policy.DelayAfter(error.Class, failures, job.MaxAttempts);
        JobMove move = delay is { } wait
            ? new(jobId, JobAction.Requeue, runToken, $"Attempt {job.Attempt} failed ({error.Detail}); it is tried again.", error)
            {
                NotBefore = _time.Now() + wait,
            }
            : new(jobId, JobAction.Fail, runToken, failures > 1 ? $"{error.Detail} It failed {failures} times in a row." : error.Detail, error);
        return await MoveAsync(move with { Events = events }, ct).ConfigureAwait(false);
    }

    /// <summary>
    /// A run was lost with its process. It goes on from its last resume point, at once; a job that loses its process again and again
    /// without getting on is failed. It is not the job's fault before that, so its <c>max_attempts</c> are not touched. A stop that was under way is a stop.
    /// </summary>
    public Task<MoveOutcome> LoseAsync(UnfinishedJob job, CancellationToken ct)
    {
        int losses = job.Losses + 1;
        JobError error = new(ErrorClass.Infrastructure, "The process that ran it ended.");
        JobMove move = job.Status == JobStatus.Stopping
            ? new(job.Id, JobAction.Requeue, job.RunToken, "Stopped by the user. The process ended before it could save: the weights are those of the last checkpoint.")
            : losses >= policy.MostLosses
                ? new(job.Id, JobAction.Fail, job.RunToken, $"Its process ended {losses} times in a row while it ran, with no progress saved in between.", error)
                : new(job.Id, JobAction.Requeue, job.RunToken, "The process that ran it ended; it goes on from where it last saved.", error);
        return MoveAsync(move with { ProcessLost = true }, ct);
    }

    /// <summary>To be called with every move that a run makes: others may have waited for it.</summary>
    public async Task FollowAsync(MoveOutcome outcome, CancellationToken ct)
    {
        await new FamilyNews(queue, doorbell, _log).TellAsync(outcome.Others, ct).ConfigureAwait(false);
        sweeps?.After(outcome);
    }

    private async Task<MoveOutcome> MoveAsync(JobMove move, CancellationToken ct)
    {
        MoveOutcome outcome = await store.MoveAsync(move, ct).ConfigureAwait(false);
        await FollowAsync(outcome, ct).ConfigureAwait(false);
        if (outcome is { Result: MoveResult.Moved, Job: { } job })
        {
            doorbell.Ring(job.Id);
            if (job.Status == JobStatus.Queued)
                await EnqueueAsync(job, ct).ConfigureAwait(false);
        }
        return outcome;
    }

    /// <summary>What is in the table counts: a queue that does not take it (it may be going down) is told again by the sweeper.</summary>
    private async Task EnqueueAsync(JobRecord job, CancellationToken ct)
    {
        try
        {
            await queue.EnqueueAsync(job.Id, job.Priority, job.NotBefore, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            JobServiceLog.QueueDidNotAnswer(_log, job.Id, e);
        }
    }
}
