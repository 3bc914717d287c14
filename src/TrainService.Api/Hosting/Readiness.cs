using TrainService.Jobs.Ports;
using TrainService.Queue;
using TrainService.Storage;

namespace TrainService.Api.Hosting;

/// <summary>Whether jobs can be taken: they can be stored, the queue answers, and nobody has asked to stop.</summary>
internal sealed class Readiness(TrainStorage storage, IJobQueue queue, QueueService service, FreeSpace space, IHostApplicationLifetime lifetime)
{
    /// <summary>Null when ready, else what is missing.</summary>
    public async Task<string?> ReasonAsync(CancellationToken ct)
        => lifetime.ApplicationStopping.IsCancellationRequested ? "The service is stopping."
            : !service.Ready ? "What a restart found is being taken up."
            : space.Reason() ?? await storage.HealthAsync(ct) ?? await queue.HealthAsync(ct);
}
