using TrainService.Jobs.Ports;

namespace TrainService.Jobs;

/// <summary>
/// Removes jobs that ended long ago, with their logs and checkpoints. A job stays while one of its checkpoints is pinned, or needed by a job
/// that is not over.
/// </summary>
/// <param name="keep">How long a job stays after its end; null for ever.</param>
public sealed class JobRetention(IJobStore store, JobService jobs, TimeSpan? keep, TimeProvider? time = null)
{
    private const int Page = 200;

    /// <returns>How many jobs went.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        if (keep is not { } age)
            return 0;
        int removed = 0;
        foreach (string id in await store.FinishedBeforeAsync((time ?? TimeProvider.System).Now() - age, Page, ct).ConfigureAwait(false))
            if ((await jobs.DeleteAsync(id, ct).ConfigureAwait(false)).Status == DeleteStatus.Deleted)
                removed++;
        return removed;
    }
}
