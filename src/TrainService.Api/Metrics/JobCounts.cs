using System.Diagnostics.Metrics;
using TrainService.Jobs;
using TrainService.Jobs.Ports;

namespace TrainService.Api.Metrics;

/// <summary>Tells how many jobs wait, run and stand still, at each look; nothing while the store does not answer.</summary>
internal sealed class JobCounts(IJobStore store) : IHostedService
{
    private volatile bool _ended;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Telemetry.ObserveJobs(Look);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _ended = true;
        return Task.CompletedTask;
    }

    private IEnumerable<Measurement<long>> Look()
    {
        if (_ended)
            return [];
        try
        {
            // An instrument is asked without waiting; the store answers from its own threads.
            ILookup<JobStatus, UnfinishedJob> found = Task.Run(() => store.UnfinishedAsync(CancellationToken.None)).GetAwaiter().GetResult().ToLookup(j => j.Status);
            return [.. Enum.GetValues<JobStatus>().Where(s => !JobMoves.IsTerminal(s))
                .Select(s => new Measurement<long>(found[s].Count(), new KeyValuePair<string, object?>("status", s.Word())))];
        }
        catch (Exception e) when (e is StorageUnavailableException or ObjectDisposedException)
        {
            return [];
        }
    }
}
