using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using TrainService.Jobs.Ports;
using TrainService.Storage;

namespace TrainService.Api.Problems;

/// <summary>The one place where an exception becomes an answer. What a client sent is never a 500, and no answer shows a stack trace.</summary>
public sealed class ProblemExceptionHandler(ILogger<ProblemExceptionHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested || exception is ConnectionResetException)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        Problem problem = ProblemFor(exception, httpContext);
        if (problem.StatusCode is 500 or 503 && exception is not (ProblemException or OperationCanceledException))
            ApiLog.RequestFailed(log, exception, httpContext.Request.Method, httpContext.Request.Path, httpContext.TraceIdentifier);
        await problem.ExecuteAsync(httpContext);
        return true;
    }

    private static Problem ProblemFor(Exception exception, HttpContext http) => exception switch
    {
        ProblemException e => e.Problem,
        BadHttpRequestException { StatusCode: 413 } => ProblemOf.TooLarge("The body is larger than this address takes."),
        BadHttpRequestException { StatusCode: 415 } => ProblemOf.UnsupportedMediaType(http.Request.ContentType, "application/json"),
        BadHttpRequestException { StatusCode: 400 } e => ProblemOf.BadRequest(BindingErrorText.Of(e)),
        BadHttpRequestException e => ProblemOf.OfStatus(e.StatusCode, e.Message),
        InvalidCursorException e => ProblemOf.BadRequest($"after: {e.Message}"),
        StorageUnavailableException e => Unavailable(e.Fault),
        OperationCanceledException => ProblemOf.Unavailable("The service is stopping.", retryAfterSeconds: 5),
        _ when TrainStorage.FaultOf(exception) is { } fault => Unavailable(fault),
        _ => ProblemOf.Internal(http.TraceIdentifier),
    };

    private static Problem Unavailable(StorageFault fault) => fault switch
    {
        StorageFault.Full => ProblemOf.Unavailable("The disk is full.", retryAfterSeconds: 60),
        StorageFault.ReadOnly => ProblemOf.Unavailable("The data folder can't be written to.", retryAfterSeconds: 60),
        StorageFault.Damaged => ProblemOf.Unavailable("What is stored is damaged: nothing is taken until somebody has looked. /health/ready says more.", retryAfterSeconds: 600),
        _ => ProblemOf.Unavailable("Nothing can be stored at the moment.", retryAfterSeconds: 10),
    };
}
