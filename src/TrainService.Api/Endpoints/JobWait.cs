using System.Globalization;
using TrainService.Api.Http;
using TrainService.Jobs;
using TrainService.Jobs.Ports;

namespace TrainService.Api.Endpoints;

/// <summary>
/// Long polling (<c>?wait=</c>, or RFC 7240's <c>Prefer: wait=</c>): a client that has the present version is answered when there is another; one that
/// has none, when the job is over.
/// </summary>
internal sealed class JobWait(IJobStore store, IDoorbell doorbell, IHostApplicationLifetime lifetime)
{
    public const int Longest = 60;

    /// <summary>The job, at once unless the request asks to wait. Null when there is none.</summary>
    public async Task<JobRecord?> ForChangeAsync(string id, HttpContext http, int? seconds, CancellationToken ct)
    {
        DateTimeOffset until = DateTimeOffset.UtcNow + (seconds is { } asked ? TimeSpan.FromSeconds(asked) : WantedWait(http.Request));
        bool forTheEnd = http.Request.Headers.IfNoneMatch.Count == 0;
        while (true)
        {
            long ticket = doorbell.Ticket(id);
            JobRecord? job = await store.FindAsync(id, ct);
            TimeSpan left = until - DateTimeOffset.UtcNow;
            if (job is null || job.Terminal || left <= TimeSpan.Zero || (!forTheEnd && !EntityTags.Known(http.Request, job.Version)) || lifetime.ApplicationStopping.IsCancellationRequested)
                return job;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
            try
            {
                await doorbell.WaitAsync(id, ticket, left, stop.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // The service is stopping: answer with what there is.
            }
        }
    }

    private static TimeSpan WantedWait(HttpRequest request)
    {
        foreach (string preference in request.Headers["Prefer"].ToString().Split(',', StringSplitOptions.TrimEntries))
        {
            if (preference.StartsWith("wait=", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(preference.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds))
            {
                request.HttpContext.Response.Headers["Preference-Applied"] = $"wait={Math.Min(seconds, Longest)}";
                return TimeSpan.FromSeconds(Math.Min(seconds, Longest));
            }
        }

        return TimeSpan.Zero;
    }
}
