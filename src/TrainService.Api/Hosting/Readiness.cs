using TrainService.Data;
using TrainService.Jobs.Ports;
using TrainService.Queue;
using TrainService.Storage;

namespace TrainService.Api.Hosting;

/// <summary>Whether jobs can be taken: they can be stored, the queue answers, and nobody has asked to stop.</summary>
internal sealed class Readiness(TrainStorage storage, IJobQueue queue, QueueService service, FreeSpace space, DatasetLibrary datasets, IHostApplicationLifetime lifetime)
{
    /// <summary>Looking writes to the disk: whoever asks more often gets the same answer.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);

    private volatile Seen? _seen;

    /// <summary>Null when ready, else everything that is missing.</summary>
    public async Task<string?> ReasonAsync(CancellationToken ct)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return "The service is stopping.";
        Seen? seen = _seen;
        if (seen is null || TimeProvider.System.GetElapsedTime(seen.At) > Fresh)
            _seen = seen = new(TimeProvider.System.GetTimestamp(), await LookAsync(ct));
        return seen.Reason;
    }

    private async Task<string?> LookAsync(CancellationToken ct)
    {
        string?[] reasons =
        [
            service.Ready ? null : "What a restart found is being taken up.",
            space.Reason(), await storage.HealthAsync(ct), ProbeDatasets(), await queue.HealthAsync(ct),
        ];
        string text = string.Join(' ', reasons.Where(r => r is not null));
        return text.Length == 0 ? null : text;
    }

    private string? ProbeDatasets()
    {
        try
        {
            TrainStorage.Probe(datasets.Root);
            return null;
        }
        catch (StorageUnavailableException e)
        {
            return e.Message;
        }
    }

    private sealed record Seen(long At, string? Reason);
}
