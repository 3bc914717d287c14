using Microsoft.Extensions.Options;
using TrainService.Api.Problems;

namespace TrainService.Api.Hosting;

/// <summary>
/// A service on loopback, which asks for no keys, can still be reached through a browser on the same machine: by a page that sends a form, or whose
/// name was rebound to 127.0.0.1. So the Host must be this machine, and a change must not come from a page of another origin.
/// </summary>
public sealed class CallerCheck(RequestDelegate next, IOptions<ServiceOptions> options)
{
    private readonly bool _anyHost = options.Value.AllowRemote || options.Value.KeysRequired;

    public Task InvokeAsync(HttpContext http)
    {
        HostString host = http.Request.Host;
        if (!_anyHost && host.HasValue && !ListenAddress.IsLocalHost(host.Host))
            return ProblemOf.Misdirected(host.Value!).ExecuteAsync(http);
        string? origin = http.Request.Headers.Origin;
        bool reads = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) || HttpMethods.IsOptions(http.Request.Method);
        bool upgrades = http.Request.Headers.ContainsKey("Upgrade");
        if ((!reads || upgrades) && !string.IsNullOrEmpty(origin) && !SameOrigin(origin, host))
            return ProblemOf.ForeignOrigin(origin).ExecuteAsync(http);
        return next(http);
    }

    private static bool SameOrigin(string origin, HostString host)
        => Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri)
            && uri.Authority.Equals(new UriBuilder(uri.Scheme, host.Host, host.Port ?? -1).Uri.Authority, StringComparison.OrdinalIgnoreCase);
}
