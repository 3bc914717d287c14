namespace TrainService.Tensors.Threading;

/// <summary>
/// The processor's cores, shared out to jobs: one pool a process. A job leases as many threads as it was given and holds them to its end.
/// </summary>
public sealed class ComputePool : IDisposable
{
    private readonly object _lock = new();
    private readonly LinkedList<Ticket> _queue = new();
    private readonly Stack<PoolThread> _idle = new();
    private int _free;
    private int _created;
    private bool _disposed;

    /// <param name="threads">How many threads may compute at once; by default one a core.</param>
    /// <param name="lowerPriority">Whether its threads give way to the process's others (<see cref="SchedulingPriority"/>).</param>
    public ComputePool(int? threads = null, bool lowerPriority = true)
    {
        Threads = threads ?? Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1, nameof(threads));
        LowerPriority = lowerPriority;
        _free = Threads;
    }

    public int Threads { get; }

    internal bool LowerPriority { get; }

    /// <summary>Threads that no team holds.</summary>
    public int Free
    {
        get
        {
            lock (_lock) return _free;
        }
    }

    /// <summary>Requests that wait for threads.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock) return _queue.Count;
        }
    }

    /// <summary>
    /// Waits, first come, first served, until <paramref name="threads"/> threads are free (the caller's own counts as one of them), and holds them until
    /// the team is disposed. More threads than the pool has are granted as real threads when the whole pool is free.
    /// </summary>
    public ComputeTeam Lease(int threads, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var ticket = new Ticket(Math.Min(threads, Threads));
        using CancellationTokenRegistration registration = cancellation.UnsafeRegister(static pool => ((ComputePool)pool!).LookAgain(), this);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _queue.AddLast(ticket);
            Grant();
            while (!ticket.Granted)
            {
                if (cancellation.IsCancellationRequested)
                {
                    _queue.Remove(ticket);
                    Grant();
                    throw new OperationCanceledException(cancellation);
                }

                Monitor.Wait(_lock);
            }
        }

        return Staff(new ComputeTeam(threads, () => Release(ticket.Slots)));
    }

    /// <summary>A team beside the pool's account, which needn't wait: for a short piece of work, such as one prediction.</summary>
    public ComputeTeam LeaseBeside(int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return Staff(new ComputeTeam(threads, null));
    }

    /// <summary>Ends idle threads; those of teams still leased end with their team.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            while (_idle.TryPop(out PoolThread? thread)) thread.End();
        }
    }

    /// <summary>False when the thread is not needed any more and should end.</summary>
    internal bool TakeBack(PoolThread thread)
    {
        lock (_lock)
        {
            if (_disposed || _idle.Count >= Threads) return false;
            _idle.Push(thread);
            return true;
        }
    }

    private ComputeTeam Staff(ComputeTeam team)
    {
        for (int rank = 1; rank < team.Threads; rank++)
        {
            PoolThread? thread;
            lock (_lock)
            {
                if (!_idle.TryPop(out thread)) thread = new PoolThread(this, ++_created);
            }

            thread.Assign(team, rank);
        }

        return team;
    }

    private void Release(int slots)
    {
        lock (_lock)
        {
            _free += slots;
            Grant();
        }
    }

    private void LookAgain()
    {
        lock (_lock) Monitor.PulseAll(_lock);
    }

    /// <summary>Lets the first in the queue in, never one behind it: else a job that wants every core might wait forever.</summary>
    private void Grant()
    {
        while (_queue.First is { } first && first.Value.Slots <= _free)
        {
            _free -= first.Value.Slots;
            first.Value.Granted = true;
            _queue.RemoveFirst();
        }

        Monitor.PulseAll(_lock);
    }

    private sealed class Ticket(int slots)
    {
        public int Slots => slots;

        public bool Granted { get; set; }
    }
}
