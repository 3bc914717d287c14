using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using TrainService.Api.Hosting;
using TrainService.Api.Problems;

namespace TrainService.Api.Keys;

/// <summary>So many requests a second for each key, twice as many at once. Callers without a key, on this machine, have no limit.</summary>
internal static class RateLimits
{
    /// <summary>Tokens come back this often where the rate divides into so many; otherwise one at a time, or all once a second.</summary>
    private const int PeriodsPerSecond = 10;

    public static void AddRateLimits(this IServiceCollection services, ServiceOptions options) => services.AddRateLimiter(limiter =>
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http => Partition(http.Caller(), options));
        limiter.OnRejected = RejectAsync;
    });

    private static RateLimitPartition<string> Partition(Caller caller, ServiceOptions options)
    {
        if (caller.RequestsPerSecond(options) is not { } rate || caller.Scope is null)
            return RateLimitPartition.GetNoLimiter("");
        // The rate is part of the name, so that a changed key gets a bucket of its new size.
        return RateLimitPartition.GetTokenBucketLimiter(string.Create(CultureInfo.InvariantCulture, $"{caller.Owner} {rate}"), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Math.Max(2 * rate, 1),
            TokensPerPeriod = rate % PeriodsPerSecond == 0 ? rate / PeriodsPerSecond : rate < PeriodsPerSecond ? 1 : rate,
            ReplenishmentPeriod = TimeSpan.FromSeconds(rate % PeriodsPerSecond == 0 ? 1.0 / PeriodsPerSecond : rate < PeriodsPerSecond ? 1.0 / rate : 1),
            QueueLimit = 0,
        });
    }

    private static async ValueTask RejectAsync(OnRejectedContext context, CancellationToken ct)
    {
        double wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan after) ? after.TotalSeconds : 1;
        await ProblemOf.TooManyRequests("This key sends more requests a second than it may.", Math.Max(1, (int)Math.Ceiling(wait))).ExecuteAsync(context.HttpContext);
    }
}
