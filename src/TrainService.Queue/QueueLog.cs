using Microsoft.Extensions.Logging;

namespace TrainService.Queue;

internal static partial class QueueLog
{
    [LoggerMessage(3001, LogLevel.Error, "The run of job {JobId} ended in an exception that it did not report itself.")]
    public static partial void RunnerThrew(ILogger logger, string jobId, Exception exception);

    [LoggerMessage(3002, LogLevel.Warning, "Job {JobId} could not be handed to the scheduler; the sweeper will repeat it.")]
    public static partial void CouldNotRelease(ILogger logger, string jobId, Exception exception);

    [LoggerMessage(3003, LogLevel.Information, "Took up {Waiting} waiting jobs; {Recovered} lost runs recovered, {GivenUp} given up.")]
    public static partial void TookUp(ILogger logger, int waiting, int recovered, int givenUp);

    [LoggerMessage(3005, LogLevel.Warning, "The leases of running jobs could not be renewed; it is tried again.")]
    public static partial void CouldNotRenew(ILogger logger, Exception exception);

    [LoggerMessage(3006, LogLevel.Warning, "The scheduler could not start job {JobId}; it is put back into line.")]
    public static partial void TriggerInError(ILogger logger, string jobId);

    [LoggerMessage(3004, LogLevel.Error, "The sweep failed; it is repeated in {Interval}.")]
    public static partial void SweepFailed(ILogger logger, TimeSpan interval, Exception exception);
}
