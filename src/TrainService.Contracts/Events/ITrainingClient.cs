namespace TrainService.Contracts.Events;

/// <summary>What the hub calls on a subscribed client; on the wire the method is named <c>event</c>.</summary>
public interface ITrainingClient
{
    Task Event(string jobId, JobEventResource jobEvent);
}
