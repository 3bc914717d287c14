using System.Diagnostics;
using TrainService.Api.Keys;

namespace TrainService.Api.Hosting;

/// <summary>One line for each request, with its status, its time and the API key's id; probes only when they fail. Names the request's span, when somebody traces.</summary>
public sealed class RequestLog(RequestDelegate next, ILogger<RequestLog> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        long start = Stopwatch.GetTimestamp();
        await next(http);
        string method = http.Request.Method, path = http.Request.Path, caller = http.Caller().Owner ?? "";
        int status = http.Response.StatusCode;
        if (Activity.Current is { IsAllDataRequested: true } span)
            Name(span, http, caller);
        if (status >= 400 || !http.Request.Path.StartsWithSegments("/health"))
            ApiLog.Request(log, method, path, status, Stopwatch.GetElapsedTime(start).TotalMilliseconds, caller);
    }

    // OpenTelemetry's semantic conventions for HTTP servers: the route, not the path, so that names have an end.
    private static void Name(Activity span, HttpContext http, string caller)
    {
        string? route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        span.DisplayName = route is null ? http.Request.Method : $"{http.Request.Method} {route}";
        span.SetTag("http.request.method", http.Request.Method).SetTag("url.path", http.Request.Path.Value).SetTag("http.response.status_code", http.Response.StatusCode);
        if (route is not null)
            span.SetTag("http.route", route);
        if (caller.Length > 0)
            span.SetTag("enduser.id", caller);
        if (http.Response.StatusCode >= 500)
            span.SetStatus(ActivityStatusCode.Error);
    }
}
