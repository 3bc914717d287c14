using System.Collections.Concurrent;
using TrainService.Jobs.Ports;

namespace TrainService.Jobs;

/// <summary>Knows which jobs this process is running, so that the sweeper can tell a lost run from a living one.</summary>
public sealed class TrackedRunner(IJobRunner inner) : IJobRunner
{
    private readonly ConcurrentDictionary<string, byte> _running = new(StringComparer.Ordinal);

    public bool IsRunning(string jobId) => _running.ContainsKey(jobId);

    public int Count => _running.Count;

    /// <summary>A second delivery of a job that runs here already returns at once.</summary>
    public async Task RunAsync(string jobId, CancellationToken ct)
    {
        // Entered before the run takes its token: whoever reads an active row afterwards finds the job here until the run has let go.
        if (!_running.TryAdd(jobId, 0))
            return;
        try
        {
            await inner.RunAsync(jobId, ct).ConfigureAwait(false);
        }
        finally
        {
            _running.TryRemove(jobId, out _);
        }
    }
}
