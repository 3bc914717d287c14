namespace TrainService.Jobs.Ports;

/// <summary>The scheduler, which carries ids and nothing else. The jobs table is the truth; losing the queue loses nothing.</summary>
public interface IJobQueue
{
    /// <summary>
    /// Has <see cref="IJobRunner.RunAsync"/> called for this job, on some worker, when its turn comes: strictly by band of priority
    /// (above 0, 0, below 0), then by age of the id. Enqueuing twice is harmless; the last priority and time count. A job that is
    /// running when it is enqueued is called once more after it, never beside it.
    /// </summary>
    Task EnqueueAsync(string jobId, int priority, DateTimeOffset? notBefore, CancellationToken ct);

    /// <summary>Enqueues every job that waits, for the sweeper, which repeats itself: those that are in the queue already should cost little.</summary>
    /// <param name="failed">Told of a job that could not be enqueued; it does not keep the others waiting.</param>
    async Task EnqueueAllAsync(IReadOnlyList<UnfinishedJob> waiting, Action<string, Exception> failed, CancellationToken ct)
    {
        foreach (UnfinishedJob job in waiting)
        {
            try
            {
                await EnqueueAsync(job.Id, job.Priority, job.NotBefore, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failed(job.Id, e);
            }
        }
    }

    /// <summary>Takes a waiting job out, and cancels the token of one that this process runs; a run elsewhere hears it from the job's row.</summary>
    Task CancelAsync(string jobId, CancellationToken ct);

    /// <summary>Null when healthy, else the reason.</summary>
    Task<string?> HealthAsync(CancellationToken ct);
}

/// <summary>Runs one job from wherever it stands to wherever it gets. Called by the scheduler.</summary>
public interface IJobRunner
{
    /// <summary>
    /// Starts the run (compare-and-set), trains, reports. Returns when the job is terminal, paused or fenced. On cancellation it saves a
    /// resume point; it looks at the job's status to tell a user's cancel from a shutdown, and requeues on the latter.
    /// </summary>
    Task RunAsync(string jobId, CancellationToken ct);
}
