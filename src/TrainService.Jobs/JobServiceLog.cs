using Microsoft.Extensions.Logging;

namespace TrainService.Jobs;

internal static partial class JobServiceLog
{
    [LoggerMessage(2001, LogLevel.Warning, "The queue did not take the news about job {JobId}; the sweeper will repeat it.")]
    public static partial void QueueDidNotAnswer(ILogger logger, string jobId, Exception exception);
}
