using Microsoft.Extensions.Logging;

namespace TrainService.Storage;

internal static partial class StorageLog
{
    [LoggerMessage(4101, LogLevel.Warning, "The doorbell between processes failed while {What} it; it is tried again.")]
    public static partial void DoorbellFailed(ILogger logger, string what, Exception exception);
}
