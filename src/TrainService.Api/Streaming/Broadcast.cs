using TrainService.Jobs;

namespace TrainService.Api.Streaming;

/// <summary>
/// Reads a job's log once for all who follow it live, and hands each the same bytes. One task a job: a thousand followers are a thousand writes to
/// sockets, and no timers, tasks or reads of their own.
/// </summary>
internal sealed class Broadcast(string jobId, long position, EventStream stream, TimeSpan heartbeat) : IDisposable
{
    /// <summary>Beyond so many followers events are gathered, so that following never takes more than a share of the processors from training.</summary>
    private const int Many = 64;

    /// <summary>Writes to followers a second, all together, once they are many.</summary>
    private const double WritesPerSecond = 2000;

    private static readonly TimeSpan LongestGathering = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<LiveReader> _readers = [];
    private long _position = position;
    private bool _ended;

    /// <summary>Takes it in, unless it has missed what the others have got: then it is to read that, and come again.</summary>
    public bool Join(LiveReader reader)
    {
        lock (_gate)
        {
            if (_ended || reader.Seen < _position)
                return false;
            _readers.Add(reader);
            return true;
        }
    }

    /// <returns>True when nobody is left, which ends it.</returns>
    public bool Leave(LiveReader reader)
    {
        lock (_gate)
        {
            _readers.Remove(reader);
            if (_readers.Count > 0 || _ended)
                return false;
            _ended = true;
            // Under the gate, before anybody can dispose of it; who is woken by it runs elsewhere.
            _ = _stop.CancelAsync();
            return true;
        }
    }

    /// <summary>Once it has run.</summary>
    public void Dispose()
    {
        lock (_gate)
            _stop.Dispose();
    }

    /// <summary>To the end of the job, or until nobody is left.</summary>
    public async Task RunAsync()
    {
        Exception? failure = null;
        try
        {
            await foreach (IReadOnlyList<JobEvent> page in stream.PagesAsync(jobId, _position, heartbeat, Apart, _stop.Token).ConfigureAwait(false))
            {
                foreach (LiveReader reader in ReadersBefore(page))
                {
                    if (page.Count == 0)
                        reader.TakeAlive();
                    else
                        reader.Take(page);
                }
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !_stop.IsCancellationRequested)
        {
            failure = e;
        }
        catch (OperationCanceledException)
        {
            // Nobody is left.
        }

        LiveReader[] rest;
        lock (_gate)
        {
            _ended = true;
            rest = [.. _readers];
        }

        foreach (LiveReader reader in rest)
            reader.End(failure);
    }

    // Who joins from here on must have seen this page.
    private LiveReader[] ReadersBefore(IReadOnlyList<JobEvent> page)
    {
        lock (_gate)
        {
            if (page.Count > 0)
                _position = page[^1].Seq;
            return [.. _readers];
        }
    }

    private TimeSpan Apart()
    {
        int count;
        lock (_gate)
            count = _readers.Count;
        return count <= Many ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(count / WritesPerSecond, LongestGathering.TotalSeconds));
    }
}
