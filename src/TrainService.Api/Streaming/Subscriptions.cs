using Microsoft.AspNetCore.SignalR;
using TrainService.Contracts.Events;
using TrainService.Jobs;

namespace TrainService.Api.Streaming;

/// <summary>
/// What one connection follows: a reader of the log for each job, so that each client gets every event once and in order, at its own pace.
/// A slow client only slows its own readers; the log on disk is the buffer.
/// </summary>
internal sealed class Subscriptions(EventStream stream, ITrainingClient client, ILogger log, CancellationToken aborted) : IAsyncDisposable
{
    /// <summary>Jobs that one connection may follow at a time.</summary>
    public const int Limit = 64;

    private readonly Dictionary<string, (Task Reader, CancellationTokenSource Stop)> _readers = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task StartAsync(string jobId, long afterSeq)
    {
        await _gate.WaitAsync(aborted);
        try
        {
            await EndAsync(jobId);
            foreach (string over in _readers.Where(r => r.Value.Reader.IsCompleted).Select(r => r.Key).ToArray())
                await EndAsync(over);
            if (_readers.Count >= Limit)
                throw new HubException($"One connection can follow {Limit} jobs at a time.");
            var stop = CancellationTokenSource.CreateLinkedTokenSource(aborted);
            _readers[jobId] = (Task.Run(() => ReadAsync(jobId, afterSeq, stop.Token), CancellationToken.None), stop);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task StopAsync(string jobId)
    {
        await _gate.WaitAsync(aborted);
        try
        {
            await EndAsync(jobId);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        try
        {
            foreach (string jobId in _readers.Keys.ToArray())
                await EndAsync(jobId);
        }
        finally
        {
            _gate.Release();
        }
    }

    // Waits for the reader, so that a new one for the same job can never overlap with it.
    private async Task EndAsync(string jobId)
    {
        if (!_readers.Remove(jobId, out var reader))
            return;
        await reader.Stop.CancelAsync();
        await reader.Reader;
        reader.Stop.Dispose();
    }

    private async Task ReadAsync(string jobId, long afterSeq, CancellationToken ct)
    {
        Telemetry.Subscribers("hub", 1);
        try
        {
            await foreach (JobEvent e in stream.FollowAsync(jobId, afterSeq, ct))
                await client.@event(jobId, e.ToResource());
        }
        catch (OperationCanceledException)
        {
            // Unsubscribed or gone.
        }
        catch (Exception e)
        {
            StreamingLog.ReaderFailed(log, e, jobId);
        }
        finally
        {
            Telemetry.Subscribers("hub", -1);
        }
    }
}
