using Microsoft.Extensions.Logging;

namespace TrainService.Jobs.Sweeps;

internal static partial class SweepLog
{
    [LoggerMessage(1020, LogLevel.Error, "Sweep {JobId} could not take its next step; the sweeper will repeat it.")]
    public static partial void CouldNotAdvance(ILogger logger, string jobId, Exception exception);
}
