namespace TrainService.Api.Hosting;

/// <summary>
/// Headers that keep a browser from doing what nobody meant: nothing runs or loads but our own files, nobody frames us, nobody learns where a link
/// was followed from. Swagger's page sets styles from its script, which is why it alone may have them inline.
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    private const string Own = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext http)
    {
        // When the answer starts: an error handler clears what was set before it.
        http.Response.OnStarting(Set, http);
        return next(http);
    }

    private static Task Set(object state)
    {
        var http = (HttpContext)state;
        IHeaderDictionary headers = http.Response.Headers;
        headers.ContentSecurityPolicy = http.Request.Path.StartsWithSegments("/swagger") ? $"{Own}; style-src 'self' 'unsafe-inline'" : Own;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        return Task.CompletedTask;
    }
}
