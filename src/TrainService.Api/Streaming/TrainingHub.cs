using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;
using TrainService.Contracts.Events;
using TrainService.Jobs;
using TrainService.Jobs.Ports;

namespace TrainService.Api.Streaming;

/// <summary>The hub at <c>/hubs/training</c>: follows jobs for as long as the connection lives, or until they are over.</summary>
internal sealed class TrainingHub(IJobStore store, EventStream stream, IHubContext<TrainingHub, ITrainingClient> clients, ILogger<TrainingHub> log)
    : Hub<ITrainingClient>
{
    public const string Path = "/hubs/training";

    private Subscriptions Mine => (Subscriptions)Context.Items[nameof(Subscriptions)]!;

    public override Task OnConnectedAsync()
    {
        Context.Items[nameof(Subscriptions)] = new Subscriptions(stream, clients.Clients.Client(Context.ConnectionId), log, Context.ConnectionAborted);
        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception) => Mine.DisposeAsync().AsTask();

    /// <summary>Calls <c>event(jobId, event)</c> for every event numbered above <paramref name="afterSeq"/>: the missed ones first, then as they come.
    /// Subscribing again starts anew from there.</summary>
    public async Task Subscribe(string jobId, long afterSeq)
    {
        await RequireAsync(jobId, afterSeq);
        await Mine.StartAsync(jobId, afterSeq);
    }

    /// <summary>No event of this job follows once this has been answered.</summary>
    public Task Unsubscribe(string jobId) => Mine.StopAsync(jobId);

    /// <summary>The same events as a stream that ends when the job is over.</summary>
    public async IAsyncEnumerable<JobEventResource> Stream(string jobId, long afterSeq, [EnumeratorCancellation] CancellationToken ct)
    {
        await RequireAsync(jobId, afterSeq);
        await foreach (JobEvent e in stream.FollowAsync(jobId, afterSeq, ct))
            yield return e.ToResource();
    }

    private async Task RequireAsync(string jobId, long afterSeq)
    {
        if (afterSeq < 0)
            throw new HubException($"afterSeq: expected 0 or more, got {afterSeq}.");
        if (await store.FindAsync(jobId, Context.ConnectionAborted) is null)
            throw new HubException($"There is no job '{jobId}'.");
    }
}
