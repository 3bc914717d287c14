using Microsoft.AspNetCore.Diagnostics;

namespace TrainService.Api.Problems;

/// <summary>Gives a problem to the statuses that routing answers with no body: 404 and 405.</summary>
internal static class EmptyStatus
{
    public static Task DescribeAsync(StatusCodeContext context)
    {
        HttpContext http = context.HttpContext;
        string path = http.Request.Path;
        Problem problem = http.Response.StatusCode switch
        {
            404 => ProblemOf.NoSuchAddress(path),
            405 => ProblemOf.MethodNotAllowed(http.Request.Method, path, http.Response.Headers.Allow.ToString()),
            415 => ProblemOf.UnsupportedMediaType(http.Request.ContentType, "application/json"),
            int status => ProblemOf.OfStatus(status, $"{http.Request.Method} {path} is answered with {status}."),
        };
        return problem.ExecuteAsync(http);
    }
}
