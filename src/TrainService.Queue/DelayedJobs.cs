using System.Collections.Concurrent;

namespace TrainService.Queue;

/// <summary>Jobs that may not be queued before some time. In memory: what is lost with the process, the sweeper brings back.</summary>
internal sealed class DelayedJobs(TimeProvider time, Action<string, int> release) : IDisposable
{
    /// <summary>Timers take no longer delays; the sweeper asks again long before.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Hands the job to <c>release</c> then; takes the place of an earlier call.</summary>
    public void Add(string jobId, int priority, DateTimeOffset notBefore)
    {
        TimeSpan delay = notBefore - time.GetUtcNow();
        Entry entry = new(this, jobId, priority);
        Remove(jobId);
        _entries[jobId] = entry;
        entry.Start(delay < Longest ? delay : Longest);
    }

    public bool Remove(string jobId)
    {
        if (!_entries.TryRemove(jobId, out Entry? entry))
            return false;
        entry.Dispose();
        return true;
    }

    public void Dispose()
    {
        foreach (string jobId in _entries.Keys)
            Remove(jobId);
    }

    private void Fire(Entry entry)
    {
        // Only the entry that still stands: a later Add or a Remove has the last word.
        if (_entries.TryRemove(new(entry.JobId, entry)))
        {
            entry.Dispose();
            release(entry.JobId, entry.Priority);
        }
    }

    private sealed class Entry : IDisposable
    {
        private readonly ITimer _timer;

        public Entry(DelayedJobs owner, string jobId, int priority)
        {
            (JobId, Priority) = (jobId, priority);
            _timer = owner.Time.CreateTimer(_ => owner.Fire(this), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public string JobId { get; }

        public int Priority { get; }

        public void Start(TimeSpan delay) => _timer.Change(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        public void Dispose() => _timer.Dispose();
    }

    private TimeProvider Time => time;
}
