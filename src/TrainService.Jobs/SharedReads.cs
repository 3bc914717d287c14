using System.Collections.Concurrent;
using TrainService.Jobs.Ports;

namespace TrainService.Jobs;

/// <summary>
/// Reads of a job's log, shared: all who heard the same ring and have seen as much get one page, read once. Holds the last pages of a few jobs, however
/// many follow them.
/// </summary>
internal sealed class SharedReads(IJobStore store, int pageSize, TimeProvider time)
{
    private const int SlotCount = 64;

    /// <summary>Beyond so many followers events are gathered before they are read: a thousand woken for each event would cost the training its processors.</summary>
    private const int Many = 64;

    private static readonly TimeSpan LongestGathering = TimeSpan.FromMilliseconds(100);

    /// <summary>A ring may have got lost: who asks again after a while is not put off with the page of then.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Slot?[] _slots = new Slot?[SlotCount];
    private readonly ConcurrentDictionary<string, int> _followers = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    public void Enter(string jobId) => _followers.AddOrUpdate(jobId, 1, static (_, n) => n + 1);

    public void Leave(string jobId)
    {
        if (_followers.AddOrUpdate(jobId, 0, static (_, n) => n - 1) == 0)
            _followers.TryRemove(new(jobId, 0));
    }

    /// <param name="ticket">Of the job's bell, taken before: a page of the same ticket misses nothing that was written before it was taken.</param>
    public Task<IReadOnlyList<JobEvent>> ReadAsync(string jobId, long after, long ticket)
    {
        int index = (HashCode.Combine(jobId, after) & int.MaxValue) % SlotCount;
        if (_slots[index] is { } slot && slot.Fits(jobId, after, ticket) && IsFresh(slot))
            return slot.Page;
        lock (_gate)
        {
            if (_slots[index] is { } other && other.Fits(jobId, after, ticket) && IsFresh(other))
                return other.Page;
            // On a thread of its own: the lock is not held while the database reads.
            Task<IReadOnlyList<JobEvent>> page = Task.Run(() => ReadNewAsync(jobId, after));
            _slots[index] = new Slot(jobId, after, ticket, page, time.GetTimestamp());
            return page;
        }
    }

    private bool IsFresh(Slot slot) => time.GetElapsedTime(slot.At) < Fresh;

    private async Task<IReadOnlyList<JobEvent>> ReadNewAsync(string jobId, long after)
    {
        if (after > 0 && _followers.GetValueOrDefault(jobId) is > Many and var many)
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(many / 10.0, LongestGathering.TotalMilliseconds)), time).ConfigureAwait(false);
        return await store.EventsAsync(jobId, after, pageSize, CancellationToken.None).ConfigureAwait(false);
    }

    private sealed record Slot(string JobId, long After, long Ticket, Task<IReadOnlyList<JobEvent>> Page, long At)
    {
        public bool Fits(string jobId, long after, long ticket) => Ticket == ticket && After == after && JobId == jobId && !Page.IsFaulted && !Page.IsCanceled;
    }
}
