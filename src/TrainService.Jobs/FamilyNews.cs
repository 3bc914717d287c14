using Microsoft.Extensions.Logging;
using TrainService.Jobs.Ports;

namespace TrainService.Jobs;

/// <summary>
/// Tells bell and queue of the other jobs that a move has changed: children that may start now, trials that ended. What is lost here with the process
/// the sweeper repeats, since all of it stands in the table.
/// </summary>
internal sealed class FamilyNews(IJobQueue queue, IDoorbell doorbell, ILogger log)
{
    public async Task TellAsync(IReadOnlyList<JobRecord> changed, CancellationToken ct)
    {
        foreach (JobRecord job in changed)
        {
            doorbell.Ring(job.Id);
            try
            {
                if (job is { Status: JobStatus.Queued, WaitsFor: null })
                    await queue.EnqueueAsync(job.Id, job.Priority, job.NotBefore, ct).ConfigureAwait(false);
                else if (job.Status == JobStatus.Cancelled)
                    await queue.CancelAsync(job.Id, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                JobServiceLog.QueueDidNotAnswer(log, job.Id, e);
            }
        }
    }
}
