namespace TrainService.Queue;

/// <summary>A scheduler of the simplest kind: it runs what it is given, soon. Order, limits and delays are <see cref="DispatchedQueue"/>'s.</summary>
public interface IJobExecutor
{
    /// <summary>Begins to take jobs.</summary>
    void Start();

    /// <summary>Has <see cref="DispatchedQueue.RunAsync"/> called for this job, once, on a thread of the scheduler's own.</summary>
    void Dispatch(string jobId);
}
