using Hangfire;

namespace TrainService.Queue.Hangfire;

/// <summary>The background job. Retries are the service's own affair.</summary>
[AutomaticRetry(Attempts = 0)]
public sealed class HangfireRun(DispatchedQueue queue)
{
    /// <param name="ct">Hangfire puts a token of its own here, cancelled when the server stops.</param>
    [JobDisplayName("{0}")]
    public Task RunAsync(string jobId, CancellationToken ct) => queue.RunAsync(jobId, ct);
}
