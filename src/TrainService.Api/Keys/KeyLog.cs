namespace TrainService.Api.Keys;

internal static partial class KeyLog
{
    [LoggerMessage(201, LogLevel.Information, "{Active} of {All} API keys are active")]
    public static partial void Read(ILogger log, int active, int all);

    [LoggerMessage(202, LogLevel.Error, "The file of API keys could not be read; those read before still count")]
    public static partial void CouldNotRead(ILogger log, Exception exception);

    [LoggerMessage(203, LogLevel.Warning, "Audit: {Count} entries could not be stored")]
    public static partial void AuditLost(ILogger log, Exception exception, int count);

    [LoggerMessage(204, LogLevel.Information, "Audit: {Actor} {Action} {Target} {Status}")]
    public static partial void Audit(ILogger log, string actor, string action, string target, int status);
}
