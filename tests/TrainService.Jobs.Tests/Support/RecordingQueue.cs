using TrainService.Jobs.Ports;

namespace TrainService.Jobs.Tests.Support;

/// <summary>Remembers what it was told; fails when it is told to.</summary>
internal sealed class RecordingQueue : IJobQueue
{
    public List<(string Id, int Priority, DateTimeOffset? NotBefore)> Enqueued { get; } = [];

    public List<string> Cancelled { get; } = [];

    public Exception? Fault { get; set; }

    public Task EnqueueAsync(string jobId, int priority, DateTimeOffset? notBefore, CancellationToken ct) => Do(() => Enqueued.Add((jobId, priority, notBefore)));

    public Task CancelAsync(string jobId, CancellationToken ct) => Do(() => Cancelled.Add(jobId));

    public Task<string?> HealthAsync(CancellationToken ct) => Task.FromResult<string?>(null);

    private Task Do(Action act)
    {
        if (Fault is not null)
            return Task.FromException(Fault);
        lock (Enqueued)
            act();
        return Task.CompletedTask;
    }
}
