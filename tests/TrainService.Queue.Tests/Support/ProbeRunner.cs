using System.Collections.Concurrent;
using System.Threading.Channels;
using TrainService.Jobs.Ports;

namespace TrainService.Queue.Tests.Support;

/// <summary>A runner that says what it was asked, and holds jobs until they are let go.</summary>
public sealed class ProbeRunner : IJobRunner
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new();
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();
    private readonly Lock _counting = new();
    private int _running;

    /// <summary>Whether jobs wait for <see cref="LetGo"/>.</summary>
    public bool Holds { get; init; }

    /// <summary>What a run does in the end, by its id.</summary>
    public Func<string, Task>? AtEnd { get; init; }

    public int MostAtOnce { get; private set; }

    public ConcurrentQueue<string> Started { get; } = new();

    public ConcurrentQueue<string> Cancelled { get; } = new();

    public ConcurrentQueue<string> Ended { get; } = new();

    public async Task RunAsync(string jobId, CancellationToken ct)
    {
        lock (_counting)
            MostAtOnce = Math.Max(MostAtOnce, ++_running);
        Started.Enqueue(jobId);
        _calls.Writer.TryWrite(new(jobId, DateTimeOffset.UtcNow));
        try
        {
            if (Holds)
                await Gate(jobId).WaitAsync(ct);
            if (AtEnd is not null)
                await AtEnd(jobId);
        }
        catch (OperationCanceledException)
        {
            // As the real one: it saves, then rethrows.
            await Task.Delay(20, CancellationToken.None);
            Cancelled.Enqueue(jobId);
            throw;
        }
        finally
        {
            lock (_counting)
                _running--;
            Ended.Enqueue(jobId);
        }
    }

    /// <summary>The next call; fails after a time that no working queue needs.</summary>
    public async Task<Call> NextAsync()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        return await _calls.Reader.ReadAsync(limit.Token);
    }

    public async Task<string[]> NextAsync(int count)
    {
        List<string> ids = [];
        while (ids.Count < count)
            ids.Add((await NextAsync()).JobId);
        return [.. ids];
    }

    public void LetGo(string jobId) => Gate(jobId).Release();

    private SemaphoreSlim Gate(string jobId) => _gates.GetOrAdd(jobId, _ => new(0));

    public sealed record Call(string JobId, DateTimeOffset At);
}
