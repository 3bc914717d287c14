using TrainService.Jobs.Ports;

namespace TrainService.Queue;

/// <summary>A queue whose taking of jobs can be held back: it accepts them from the start, and calls the runner once it has been started.</summary>
public interface IQueueEngine : IJobQueue
{
    Task StartAsync(CancellationToken ct);
}
