using TrainService.Jobs.Ports;

namespace TrainService.Jobs;

/// <summary>
/// The doorbell of one process. Jobs share a fixed number of bells by hash, so that memory doesn't grow with the jobs ever seen;
/// two jobs on one bell wake each other's listeners now and then, who find nothing new and wait on.
/// </summary>
public sealed class InProcessDoorbell(TimeProvider? time = null) : IDoorbell
{
    private const int BellCount = 1024;

    private readonly Bell[] _bells = [.. Enumerable.Range(0, BellCount).Select(_ => new Bell())];
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    public void Ring(string jobId) => BellOf(jobId).Ring();

    /// <summary>Wakes everybody: rings may have been missed.</summary>
    public void RingAll()
    {
        foreach (Bell bell in _bells)
            bell.Ring();
    }

    public long Ticket(string jobId) => BellOf(jobId).Rings;

    public async Task WaitAsync(string jobId, long ticket, TimeSpan timeout, CancellationToken ct)
    {
        Task? ring = BellOf(jobId).NextAfter(ticket);
        if (ring is null)
            return;
        try
        {
            await ring.WaitAsync(timeout, _time, ct).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The time is up: the caller looks at the store, as after a ring.
        }
    }

    private Bell BellOf(string jobId) => _bells[(uint)string.GetHashCode(jobId, StringComparison.Ordinal) % BellCount];

    private sealed class Bell
    {
        private readonly Lock _gate = new();
        private long _rings;
        private TaskCompletionSource? _next;

        public long Rings => Volatile.Read(ref _rings);

        public void Ring()
        {
            TaskCompletionSource? waiting;
            lock (_gate)
            {
                _rings++;
                (waiting, _next) = (_next, null);
            }
            waiting?.SetResult();
        }

        /// <summary>The next ring to come; null when it has rung since.</summary>
        public Task? NextAfter(long ticket)
        {
            lock (_gate)
            {
                if (_rings > ticket)
                    return null;
                _next ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                return _next.Task;
            }
        }
    }
}
