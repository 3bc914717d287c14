using Microsoft.Extensions.Logging;
using TrainService.Jobs.Ports;

namespace TrainService.Jobs;

/// <param name="Waiting">Queued jobs that the queue was told of (again).</param>
/// <param name="Recovered">Lost runs that were requeued, or whose pause or stop was carried out.</param>
/// <param name="GivenUp">Lost runs that were failed: too often without progress.</param>
/// <param name="Files">Files that nothing knew.</param>
public readonly record struct SweepResult(int Waiting, int Recovered, int GivenUp, int Files);

/// <summary>
/// Makes the world follow the jobs table: queued rows are in the queue, active rows have a run. For one process that owns its jobs; run
/// it once before taking work (then every active row is a lost run), and every 15 s.
/// </summary>
public sealed class Sweeper(IJobStore store, ICheckpointStore checkpoints, IJobQueue queue, RunFailures failures, TrackedRunner runner,
    ILogger<Sweeper> log, TimeProvider? time = null)
{
    private static readonly TimeSpan FileInterval = TimeSpan.FromHours(1);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private DateTimeOffset _nextFileSweep = DateTimeOffset.MinValue;

    /// <summary>One round. A job that can't be helped is logged and does not keep the others waiting.</summary>
    public async Task<SweepResult> TickAsync(CancellationToken ct)
    {
        int waiting = 0, recovered = 0, givenUp = 0;
        foreach (UnfinishedJob job in await store.UnfinishedAsync(ct).ConfigureAwait(false))
        {
            try
            {
                if (job.Status == JobStatus.Queued)
                {
                    await queue.EnqueueAsync(job.Id, job.Priority, job.NotBefore, ct).ConfigureAwait(false);
                    waiting++;
                }
                else if (JobMoves.IsActive(job.Status) && !runner.IsRunning(job.Id))
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
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                SweeperLog.CouldNotSweep(log, job.Id, e);
            }
        }
        return new(waiting, recovered, givenUp, await SweepFilesAsync(ct).ConfigureAwait(false));
    }

    private async Task<int> SweepFilesAsync(CancellationToken ct)
    {
        if (_time.GetUtcNow() < _nextFileSweep)
            return 0;
        int files = await checkpoints.SweepFilesAsync(ct).ConfigureAwait(false);
        _nextFileSweep = _time.GetUtcNow() + FileInterval;
        if (files > 0)
            SweeperLog.RemovedFiles(log, files);
        return files;
    }
}
