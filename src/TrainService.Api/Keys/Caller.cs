using TrainService.Api.Hosting;

namespace TrainService.Api.Keys;

/// <summary>Who sends a request, as far as it is known. A feature of the request.</summary>
/// <param name="Key">Null without a key.</param>
/// <param name="Operation">The operation's name, such as submit_job; kept here because error handling forgets the endpoint.</param>
/// <param name="Scope">What the operation takes; null when it is open to everybody.</param>
internal sealed record Caller(ApiKey? Key, string Operation, KeyScope? Scope)
{
    /// <summary>Who owns what this request makes; null without keys.</summary>
    public string? Owner => Key?.Id;

    public int? RequestsPerSecond(ServiceOptions options) => Limit(Key?.RequestsPerSecond, options.RequestsPerSecond);

    public int? UnfinishedJobs(ServiceOptions options) => Limit(Key?.UnfinishedJobs, options.UnfinishedJobs);

    public long? DiskBytes(ServiceOptions options)
        => Key is null ? null : (Key.DiskBytes ?? options.DiskBytes) is var bytes && bytes > 0 ? bytes : null;

    // Callers on this machine, without keys, have no limits; 0 means none.
    private int? Limit(int? own, int general) => Key is null ? null : (own ?? general) is var limit && limit > 0 ? limit : null;
}

internal static class Callers
{
    private static readonly Caller Unknown = new(null, "", null);

    public static Caller Caller(this HttpContext http) => http.Features.Get<Caller>() ?? Unknown;
}
