using Microsoft.Extensions.Logging;

namespace TrainService.Jobs;

internal static partial class SweeperLog
{
    [LoggerMessage(2011, LogLevel.Warning, "Job {JobId} had a run that is no more; it is now {Status}.")]
    public static partial void FoundLostRun(ILogger logger, string jobId, string status);

    [LoggerMessage(2012, LogLevel.Error, "Job {JobId} could not be swept; it is tried again.")]
    public static partial void CouldNotSweep(ILogger logger, string jobId, Exception exception);

    [LoggerMessage(2014, LogLevel.Information, "Removed {Count} jobs that ended long ago.")]
    public static partial void RemovedJobs(ILogger logger, int count);

    [LoggerMessage(2013, LogLevel.Information, "Removed {Count} files that nothing knew.")]
    public static partial void RemovedFiles(ILogger logger, int count);
}
