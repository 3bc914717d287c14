using System.Text;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using TrainService.Api.Hosting;
using TrainService.Api.Problems;

namespace TrainService.Api.Keys;

/// <summary>
/// Finds out who calls, from <c>Authorization: Bearer</c>, <c>X-Api-Key</c> or, for streams, <c>access_token</c> in the query, for pages that a browser asks
/// for <c>Authorization: Basic</c>, and whether they may.
/// Without required keys a caller may show none, but one that is shown must hold.
/// </summary>
internal sealed class KeyCheck(RequestDelegate next, KeyRing ring, IOptions<ServiceOptions> options) : IDisposable
{
    public const string Header = "X-Api-Key";
    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";

    /// <summary>Of a name and a key together, in bytes.</summary>
    private const int Longest = 512;

    private readonly bool _required = options.Value.KeysRequired;

    /// <summary>Who guesses keys is slowed down, by address.</summary>
    private readonly PartitionedRateLimiter<string> _guesses = PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetTokenBucketLimiter(address, _ =>
        new TokenBucketRateLimiterOptions { TokenLimit = 100, TokensPerPeriod = 10, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0 }));

    public Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint() is not { } endpoint)
            return next(http);
        KeyScope? scope = Access.Of(endpoint, http.Request.Method).Scope;
        string operation = endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? endpoint.DisplayName ?? "";
        string? shown = Shown(http.Request, endpoint);
        ApiKey? key = shown is null ? null : ring.Find(shown);
        http.Features.Set(new Caller(key, operation, scope));
        if (scope is null)
            return next(http);
        if (key is null && (shown is not null || _required))
            return Refuse(http, shown is null, endpoint.Metadata.GetMetadata<AsksInBrowser>() is not null);
        return key is not null && key.Scope < scope
            ? ProblemOf.ScopeTooSmall(key.Id, key.Scope.Word(), scope.Value.Word()).ExecuteAsync(http)
            : key is not null && endpoint.Metadata.GetMetadata<TokenInQuery>() is not null ? StreamAsync(http, shown!) : next(http);
    }

    public void Dispose() => _guesses.Dispose();

    /// <summary>A stream may be open for days: it lasts no longer than its key.</summary>
    private async Task StreamAsync(HttpContext http, string shown)
    {
        using IDisposable watched = ring.Watch(shown, http.Abort);
        await next(http);
    }

    private Task Refuse(HttpContext http, bool none, bool browser)
    {
        using RateLimitLease lease = _guesses.AttemptAcquire(http.Connection.RemoteIpAddress?.ToString() ?? "");
        if (!lease.IsAcquired)
            return ProblemOf.TooManyRequests("Too many requests without a key that holds came from this address.", retryAfterSeconds: 1).ExecuteAsync(http);
        // RFC 6750, 3: no error code when no key was shown.
        http.Response.Headers.WWWAuthenticate = none ? "Bearer realm=\"trainservice\"" : "Bearer realm=\"trainservice\", error=\"invalid_token\"";
        if (browser)
            http.Response.Headers.Append("WWW-Authenticate", "Basic realm=\"trainservice: any name, an API key as password\", charset=\"UTF-8\"");
        return (none ? ProblemOf.NoKey() : ProblemOf.WrongKey()).ExecuteAsync(http);
    }

    private static string? Shown(HttpRequest request, Endpoint endpoint)
    {
        string? authorization = request.Headers.Authorization;
        if (!string.IsNullOrEmpty(authorization) && endpoint.Metadata.GetMetadata<AsksInBrowser>() is not null && authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
            return Password(authorization[Basic.Length..]);
        if (!string.IsNullOrEmpty(authorization))
            return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : authorization;
        string? header = request.Headers[Header];
        if (!string.IsNullOrEmpty(header))
            return header;
        return endpoint.Metadata.GetMetadata<TokenInQuery>() is not null && request.Query.TryGetValue(TokenInQuery.Name, out var token) ? token.ToString() : null;
    }

    // A key holds no colon, so whatever stands before the last one is the name. What is no Base64 is no key either.
    private static string Password(string credentials)
    {
        Span<byte> bytes = stackalloc byte[Longest];
        return Convert.TryFromBase64String(credentials.Trim(), bytes, out int length) ? Encoding.UTF8.GetString(bytes[(bytes[..length].LastIndexOf((byte)':') + 1)..length]) : "";
    }
}
