using System.Diagnostics.CodeAnalysis;

namespace TrainService.Contracts.Events;

/// <summary>What the hub calls on a subscribed client.</summary>
public interface ITrainingClient
{
    /// <summary>An event of a job, in order and once. The name is the one on the wire.</summary>
    [SuppressMessage("Style", "IDE1006", Justification = "The hub sends the method's name as it stands here.")]
    Task @event(string jobId, JobEventResource jobEvent);
}
