using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;

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
        if (problem.StatusCode == 500)
            ApiLog.RequestFailed(log, exception, httpContext.Request.Method, httpContext.Request.Path, httpContext.TraceIdentifier);
        await problem.ExecuteAsync(httpContext);
        return true;
    }

    private static Problem ProblemFor(Exception exception, HttpContext http) => exception switch
    {
        ProblemException e => e.Problem,
        BadHttpRequestException { InnerException: JsonException e } => FromJson(e),
        BadHttpRequestException { StatusCode: 413 } => ProblemOf.TooLarge("The body is larger than this address takes."),
        BadHttpRequestException { StatusCode: 415 } => ProblemOf.UnsupportedMediaType(http.Request.ContentType, "application/json"),
        BadHttpRequestException { StatusCode: 400 } e => ProblemOf.BadRequest(e.Message),
        BadHttpRequestException e => ProblemOf.OfStatus(e.StatusCode, e.Message),
        JsonException e => FromJson(e),
        OperationCanceledException => ProblemOf.Unavailable("The service is stopping.", retryAfterSeconds: 5),
        _ => ProblemOf.Internal(http.TraceIdentifier),
    };

    private static Problem FromJson(JsonException e)
        => ProblemOf.BrokenJson(JsonErrorText.Of(e), (e.LineNumber ?? 0) + 1, (e.BytePositionInLine ?? 0) + 1);
}
