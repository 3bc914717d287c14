namespace TrainService.Queue.Tests.Support;

/// <summary>An engine with whatever hosts it.</summary>
public interface IQueueHarness : IAsyncDisposable
{
    IQueueEngine Queue { get; }

    /// <summary>What SIGTERM does.</summary>
    Task ShutDownAsync();
}
