using Microsoft.Extensions.Logging;
using Quartz;

namespace TrainService.Queue;

/// <summary>
/// The queue port on Quartz. One Quartz job and one trigger a job, both named by its id; order by fire times in
/// the past (<see cref="Places"/>). Delays are kept outside: a trigger that comes due late would stand behind everything that is overdue.
/// </summary>
internal class QuartzJobQueue : IQueueEngine, IDisposable
{
    private readonly ISchedulerFactory _schedulers;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly DelayedJobs _delayed;

    public QuartzJobQueue(ISchedulerFactory schedulers, ILogger<QuartzJobQueue> log, TimeProvider? time = null)
    {
        (_schedulers, _log, _time) = (schedulers, log, time ?? TimeProvider.System);
        _delayed = new(_time, Release);
    }

    public async Task StartAsync(CancellationToken ct) => await (await SchedulerAsync(ct).ConfigureAwait(false)).Start(ct).ConfigureAwait(false);

    public virtual async Task EnqueueAsync(string jobId, int priority, DateTimeOffset? notBefore, CancellationToken ct)
    {
        if (notBefore is { } time && time > _time.GetUtcNow())
        {
            IScheduler scheduler = await SchedulerAsync(ct).ConfigureAwait(false);
            await scheduler.UnscheduleJob(new(jobId), ct).ConfigureAwait(false);
            _delayed.Add(jobId, priority, time);
            return;
        }
        _delayed.Remove(jobId);
        await ScheduleAsync(jobId, priority, ct).ConfigureAwait(false);
    }

    public async Task CancelAsync(string jobId, CancellationToken ct)
    {
        _delayed.Remove(jobId);
        IScheduler scheduler = await SchedulerAsync(ct).ConfigureAwait(false);

        // Unscheduling takes a waiting job out and leaves a running one alone; interrupting does the opposite. (Deleting the job would throw when
        // its run ends in the same moment and takes its trigger away.)
        await scheduler.UnscheduleJob(new(jobId), ct).ConfigureAwait(false);
        await scheduler.Interrupt(new(jobId), ct).ConfigureAwait(false);
    }

    public virtual async Task<string?> HealthAsync(CancellationToken ct)
    {
        SchedulerStatus status = await (await SchedulerAsync(ct).ConfigureAwait(false)).GetStatus(ct).ConfigureAwait(false);
        return status == SchedulerStatus.Running ? null : $"The scheduler is not running ({status}).";
    }

    /// <summary>Whether what a node leaves behind is given to another by the scheduler itself.</summary>
    protected virtual bool HandsOver => false;

    public void Dispose()
    {
        _delayed.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task ScheduleAsync(string jobId, int priority, CancellationToken ct)
    {
        IScheduler scheduler = await SchedulerAsync(ct).ConfigureAwait(false);
        DateTimeOffset place = Places.Of(jobId, priority);

        // The sweeper repeats itself for every waiting job: those stay as they are. The trigger of a running job has no next time.
        if (await scheduler.GetTrigger(new(jobId), ct).ConfigureAwait(false) is { NextFireTimeUtc: { } next } && next == place)
            return;
        IJobDetail job = JobBuilder.Create<RunJob>().WithIdentity(jobId).RequestRecovery(HandsOver).Build();
        ITrigger trigger = TriggerBuilder.Create()
            .WithIdentity(jobId)
            .ForJob(job)
            .StartAt(place)
            .WithSimpleSchedule(s => s.WithRepeatCount(0).WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires))
            .Build();
        await scheduler.ScheduleJob(job, trigger, ScheduleJobOptions.Replacing, ct).ConfigureAwait(false);
    }

    private void Release(string jobId, int priority) => _ = ReleaseAsync(jobId, priority);

    private async Task ReleaseAsync(string jobId, int priority)
    {
        try
        {
            await ScheduleAsync(jobId, priority, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The sweeper enqueues it again.
            QueueLog.CouldNotRelease(_log, jobId, e);
        }
    }

    protected ValueTask<IScheduler> SchedulerAsync(CancellationToken ct) => _schedulers.GetScheduler(ct);
}
