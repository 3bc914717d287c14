namespace TrainService.Api.Streaming;

internal static partial class StreamingLog
{
    [LoggerMessage(101, LogLevel.Warning, "Following job {JobId} for a client ended early")]
    public static partial void ReaderFailed(ILogger log, Exception exception, string jobId);

    [LoggerMessage(102, LogLevel.Error, "The hub method {Method} failed")]
    public static partial void CallFailed(ILogger log, Exception exception, string method);
}
