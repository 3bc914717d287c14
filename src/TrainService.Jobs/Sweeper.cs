using Microsoft.Extensions.Logging;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Sweeps;

namespace TrainService.Jobs;

/// <param name="Waiting">Queued jobs that the queue was told of (again).</param>
/// <param name="Recovered">Lost runs that were requeued, or whose pause or stop was carried out.</param>
/// <param name="GivenUp">Lost runs that were failed: too often without progress.</param>
/// <param name="Files">Files that nothing knew.</param>
public readonly record struct SweepResult(int Waiting, int Recovered, int GivenUp, int Files);

/// <summary>
/// Makes the world follow the jobs table: queued rows are in the queue, active rows have a run: here, or elsewhere under a lease that
/// holds. Run it once before taking work (what the process itself ran before is lost by then), and every few seconds.
/// </summary>
public sealed class Sweeper(IJobStore store, ICheckpointStore checkpoints, IJobQueue queue, RunFailures failures, TrackedRunner runner,
    ILogger<Sweeper> log, TimeProvider? time = null, JobRetention? retention = null, SweepDriver? sweeps = null)
{
    private static readonly TimeSpan FileInterval = TimeSpan.FromHours(1);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private DateTimeOffset _nextFileSweep = DateTimeOffset.MinValue;

    /// <summary>One round. A job that can't be helped is logged and does not keep the others waiting.</summary>
    public async Task<SweepResult> TickAsync(CancellationToken ct)
    {
        int recovered = 0, givenUp = 0;
        IReadOnlyList<UnfinishedJob> unfinished = await store.UnfinishedAsync(ct).ConfigureAwait(false);
        UnfinishedJob[] waiting = [.. unfinished.Where(j => j is { Status: JobStatus.Queued, Waits: false })];
        await queue.EnqueueAllAsync(waiting, (id, e) => SweeperLog.CouldNotSweep(log, id, e), ct).ConfigureAwait(false);
        foreach (UnfinishedJob job in unfinished)
        {
            if (job.Kind == SweepDriver.Kind)
            {
                // Nobody runs it: it is as far as the steps that were taken.
                if (sweeps is not null && JobMoves.IsActive(job.Status))
                    await sweeps.TryAdvanceAsync(job.Id).ConfigureAwait(false);
                continue;
            }
            if (!JobMoves.IsActive(job.Status) || job.Leased || runner.IsRunning(job.Id))
                continue;
            try
            {
                // Its token is compared again by the move: a run that has just ended by itself is left alone.
                MoveOutcome outcome = await failures.LoseAsync(job, ct).ConfigureAwait(false);
                if (outcome is not { Result: MoveResult.Moved, Job: { } moved })
                    continue;
                SweeperLog.FoundLostRun(log, job.Id, moved.Status.Word());
                if (moved.Status == JobStatus.Failed)
                    givenUp++;
                else
                    recovered++;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                SweeperLog.CouldNotSweep(log, job.Id, e);
            }
        }
        return new(waiting.Length, recovered, givenUp, await SweepFilesAsync(ct).ConfigureAwait(false));
    }

    private async Task<int> SweepFilesAsync(CancellationToken ct)
    {
        if (_time.GetUtcNow() < _nextFileSweep)
            return 0;
        int files = await checkpoints.SweepFilesAsync(ct).ConfigureAwait(false);
        _nextFileSweep = _time.GetUtcNow() + FileInterval;
        if (files > 0)
            SweeperLog.RemovedFiles(log, files);
        if (retention is not null && await retention.RunAsync(ct).ConfigureAwait(false) is > 0 and int jobs)
            SweeperLog.RemovedJobs(log, jobs);
        return files;
    }
}
