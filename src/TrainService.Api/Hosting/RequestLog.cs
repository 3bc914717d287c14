using System.Diagnostics;
using TrainService.Api.Keys;

namespace TrainService.Api.Hosting;

/// <summary>One line for each request, with its status and its time; probes and event streams only when they fail.</summary>
public sealed class RequestLog(RequestDelegate next, ILogger<RequestLog> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        long start = Stopwatch.GetTimestamp();
        await next(http);
        if (http.Response.StatusCode >= 400 || !http.Request.Path.StartsWithSegments("/health"))
            ApiLog.Request(log, http.Request.Method, http.Request.Path, http.Response.StatusCode, Stopwatch.GetElapsedTime(start).TotalMilliseconds,
                http.Caller().Owner ?? "");
    }
}
