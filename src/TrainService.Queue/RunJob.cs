using Microsoft.Extensions.Logging;
using Quartz;
using TrainService.Jobs.Ports;

namespace TrainService.Queue;

/// <summary>Calls the runner. Its key is the job's id; one at a time for each id.</summary>
[DisallowConcurrentExecution]
internal sealed class RunJob(IJobRunner runner, ILogger<RunJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        string jobId = context.JobDetail.Key.Name;
        try
        {
            await runner.RunAsync(jobId, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The runner's own failures end in the jobs table; this one did not get there. The sweeper finds the row.
            QueueLog.RunnerThrew(log, jobId, e);
        }
    }
}
