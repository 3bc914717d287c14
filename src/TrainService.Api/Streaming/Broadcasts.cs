using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using TrainService.Api.Hosting;
using TrainService.Jobs;

namespace TrainService.Api.Streaming;

/// <summary>The broadcasts of the jobs that somebody follows.</summary>
internal sealed class Broadcasts(EventStream stream, IOptions<ServiceOptions> options)
{
    private readonly ConcurrentDictionary<string, Broadcast> _jobs = new(StringComparer.Ordinal);

    /// <summary>Lets a client follow a job until it leaves, falls behind, or the job is over.</summary>
    /// <returns>False when it has missed something since it read the log: it is to read on, and come again.</returns>
    /// <exception cref="OperationCanceledException">The client has gone. Nobody else uses its connection then.</exception>
    public async Task<bool> FollowAsync(string jobId, LiveReader reader, CancellationToken ct)
    {
        Broadcast? begun = null;
        Broadcast broadcast = _jobs.GetOrAdd(jobId, _ => begun = new Broadcast(jobId, reader.Seen, stream, TimeSpan.FromSeconds(options.Value.HeartbeatSeconds)));
        bool joined = broadcast.Join(reader);
        if (begun == broadcast)
            _ = RunAsync(jobId, broadcast);
        if (!joined)
            return false;
        Task pending;
        try
        {
            await reader.Left.WaitAsync(ct);
        }
        finally
        {
            pending = reader.Close();
            if (broadcast.Leave(reader))
                _jobs.TryRemove(new(jobId, broadcast));
        }

        await pending;
        return true;
    }

    private async Task RunAsync(string jobId, Broadcast broadcast)
    {
        using (broadcast)
        {
            await Task.Yield();
            await broadcast.RunAsync();
            _jobs.TryRemove(new(jobId, broadcast));
        }
    }
}
