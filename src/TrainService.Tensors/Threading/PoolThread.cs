namespace TrainService.Tensors.Threading;

/// <summary>A thread of the pool: serves one team after another and sleeps in between.</summary>
internal sealed class PoolThread
{
    private readonly ComputePool _pool;
    private readonly object _lock = new();
    private ComputeTeam? _team;
    private int _rank;
    private bool _ended;

    public PoolThread(ComputePool pool, int number)
    {
        _pool = pool;
        new Thread(Live) { IsBackground = true, Name = $"compute {number}" }.Start();
    }

    public void Assign(ComputeTeam team, int rank)
    {
        lock (_lock)
        {
            (_team, _rank) = (team, rank);
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Ends the thread. Only while it is idle.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            Monitor.Pulse(_lock);
        }
    }

    private void Live()
    {
        if (_pool.LowerPriority) SchedulingPriority.LowerCurrentThread();
        do
        {
            ComputeTeam team;
            lock (_lock)
            {
                while (_team is null && !_ended) Monitor.Wait(_lock);
                if (_ended) return;
                (team, _team) = (_team!, null);
            }

            team.Serve(_rank);
        }
        while (_pool.TakeBack(this));
    }
}
