namespace TrainService.Api;

/// <summary>What the edge logs, each with a fixed number that is never used again.</summary>
internal static partial class ApiLog
{
    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed ({TraceId})")]
    public static partial void RequestFailed(ILogger log, Exception exception, string method, string path, string traceId);

    // 2 was the same without the caller.
    [LoggerMessage(5, LogLevel.Information, "{Method} {Path} {Status} {Milliseconds:0.0} ms {Caller}")]
    public static partial void Request(ILogger log, string method, string path, int status, double milliseconds, string caller);

    [LoggerMessage(3, LogLevel.Information, "Serving on {Address}, data in {Folder}, {Threads} threads; docs at {Address}/swagger")]
    public static partial void Serving(ILogger log, string address, string folder, int threads);

    [LoggerMessage(4, LogLevel.Warning, "Other machines can reach {Urls} and no API key is asked for")]
    public static partial void Remote(ILogger log, string urls);
}
