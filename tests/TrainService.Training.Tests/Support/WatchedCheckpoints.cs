using System.Reflection;
using System.Runtime.ExceptionServices;
using TrainService.Jobs.Ports;

namespace TrainService.Training.Tests.Support;

/// <summary>A checkpoint store that tells, before its caller goes on, that a resume point is on disk: a run can then be cut off at that place, however busy the machine is.</summary>
public class WatchedCheckpoints : DispatchProxy
{
    private ICheckpointStore _store = null!;

    /// <summary>Called once after the next resume point.</summary>
    public Action? OnResumePoint { get; set; }

    public static ICheckpointStore Around(ICheckpointStore store)
    {
        ICheckpointStore watched = Create<ICheckpointStore, WatchedCheckpoints>();
        ((WatchedCheckpoints)(object)watched)._store = store;
        return watched;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        try
        {
            object? result = targetMethod!.Invoke(_store, args);
            return targetMethod.Name == nameof(ICheckpointStore.SaveResumePointAsync) ? TellAsync((Task<bool>)result!) : result;
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            ExceptionDispatchInfo.Throw(inner);
            throw;
        }
    }

    private async Task<bool> TellAsync(Task<bool> saving)
    {
        bool saved = await saving;
        (Action? tell, OnResumePoint) = (OnResumePoint, null);
        tell?.Invoke();
        return saved;
    }
}
