using System.Collections.Concurrent;
using TrainService.Jobs.Ports;

namespace TrainService.Jobs;

/// <summary>
/// The leases of the runs in this process, where several processes share the jobs. A run whose process is stopped or cut off for longer than
/// its lease loses the job to another; its token then opens nothing any more.
/// </summary>
/// <param name="length">Null where no other process could take a job: nothing is renewed then.</param>
public sealed class RunLeases(IJobStore store, TimeSpan? length)
{
    private readonly ConcurrentDictionary<string, Action> _held = new(StringComparer.Ordinal);

    public TimeSpan? Length { get; } = length;

    /// <summary>Keeps the lease of a run until the answer is disposed of.</summary>
    /// <param name="lost">Called when the job is not the run's any more.</param>
    public IDisposable Hold(string runToken, Action lost)
    {
        _held[runToken] = lost;
        return new Held(this, runToken);
    }

    /// <summary>To be called a few times within each length.</summary>
    public async Task RenewAsync(CancellationToken ct)
    {
        if (Length is not { } length || _held.IsEmpty)
            return;
        string[] asked = [.. _held.Keys];
        IReadOnlyCollection<string> held = await store.RenewLeasesAsync(asked, length, ct).ConfigureAwait(false);
        foreach (string token in asked.Except(held, StringComparer.Ordinal))
            if (_held.TryRemove(token, out Action? lost))
                lost();
    }

    private sealed class Held(RunLeases owner, string runToken) : IDisposable
    {
        public void Dispose() => owner._held.TryRemove(runToken, out _);
    }
}
