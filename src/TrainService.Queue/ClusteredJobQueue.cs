using Microsoft.Extensions.Logging;
using Quartz;
using TrainService.Jobs.Ports;

namespace TrainService.Queue;

/// <summary>The queue that many processes share: the same, with a bell that has the others look at once, and a cheaper sweep.</summary>
internal sealed class ClusteredJobQueue(ISchedulerFactory schedulers, IDoorbell doorbell, QueueOptions options, ILogger<ClusteredJobQueue> log,
    ILogger<QuartzJobQueue> baseLog, TimeProvider? time = null) : QuartzJobQueue(schedulers, baseLog, time), IQueueEngine
{
    /// <summary>So many of the next jobs are looked at closely: what the queue says that it has must also be able to start.</summary>
    private const int LookedAt = 20;

    protected override bool HandsOver => true;

    public override async Task EnqueueAsync(string jobId, int priority, DateTimeOffset? notBefore, CancellationToken ct)
    {
        await base.EnqueueAsync(jobId, priority, notBefore, ct).ConfigureAwait(false);
        doorbell.Ring(QueueRegistration.Bell);
    }

    public async Task EnqueueAllAsync(IReadOnlyList<UnfinishedJob> waiting, Action<string, Exception> failed, CancellationToken ct)
    {
        IScheduler scheduler = await SchedulerAsync(ct).ConfigureAwait(false);
        HashSet<string> known = [.. (await scheduler.GetTriggerKeys(GroupMatcher<TriggerKey>.AnyGroup(), ct).ConfigureAwait(false)).Select(k => k.Name)];
        int looked = 0;
        foreach (UnfinishedJob job in waiting.OrderByDescending(j => Math.Sign(j.Priority)))
        {
            try
            {
                if (known.Contains(job.Id) && job.NotBefore is null)
                {
                    if (looked++ < LookedAt && await scheduler.GetTriggerState(new(job.Id), ct).ConfigureAwait(false) == TriggerState.Error)
                    {
                        QueueLog.TriggerInError(log, job.Id);
                        await scheduler.ResetTriggerFromErrorState(new(job.Id), ct).ConfigureAwait(false);
                    }
                    continue;
                }
                await EnqueueAsync(job.Id, job.Priority, job.NotBefore, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failed(job.Id, e);
            }
        }
    }

    public override async Task<string?> HealthAsync(CancellationToken ct) => options.RunsJobs ? await base.HealthAsync(ct).ConfigureAwait(false) : null;
}
