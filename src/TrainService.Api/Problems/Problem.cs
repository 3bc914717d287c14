using System.Globalization;
using TrainService.Contracts.Problems;

namespace TrainService.Api.Problems;

/// <summary>An error as a typed result: RFC 9457 <c>application/problem+json</c>.</summary>
public sealed class Problem(ProblemResource resource, int? retryAfterSeconds = null) : IResult, IStatusCodeHttpResult
{
    public const string ContentType = "application/problem+json";

    public ProblemResource Resource { get; } = resource;

    public int? StatusCode => Resource.Status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = Resource.Status;
        httpContext.Response.Headers.CacheControl = "no-store";
        if (retryAfterSeconds is { } seconds)
            httpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        ProblemResource body = Resource with { Instance = Resource.Instance ?? httpContext.Request.Path };
        return httpContext.Response.WriteAsJsonAsync(body, options: null, ContentType, httpContext.RequestAborted);
    }
}
