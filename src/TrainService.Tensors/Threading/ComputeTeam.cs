using System.Runtime.ExceptionServices;

namespace TrainService.Tensors.Threading;

/// <summary>
/// Threads that a job holds for itself: the one that calls <see cref="Run"/> works as rank 0, the others belong to the team until it is disposed.
/// A run allocates nothing and, as long as nobody has gone to sleep, takes no lock.
/// </summary>
/// <remarks>
/// Ranks take their own tasks from a counter each and then help the others from theirs. There are two sets of counters, for even and odd phases:
/// entering a phase, a rank clears its counter of the next one, which nobody has used since the phase before and nobody will before all have arrived.
/// </remarks>
public sealed class ComputeTeam : IDisposable
{
    private readonly Action? _onDispose;
    private readonly Gate _barrier;
    private readonly Gate _start;
    private readonly PaddedCounter[] _taken; // [odd phase][rank]
    private readonly PaddedCounter[] _shared = new PaddedCounter[2];
    private TeamProgram? _program;
    private Exception? _failure;
    private long _phasesDone;
    private int _running;
    private bool _retired;

    internal ComputeTeam(int threads, Action? onDispose)
    {
        Threads = threads;
        _onDispose = onDispose;
        _taken = new PaddedCounter[2 * threads];
        // Spinning only delays the peer when there are more ranks than cores.
        bool crowded = threads > Environment.ProcessorCount;
        _barrier = new Gate(TimeSpan.FromMicroseconds(crowded ? 2 : 50), TimeSpan.FromMicroseconds(50));
        _start = new Gate(TimeSpan.FromMicroseconds(crowded ? 2 : 50), TimeSpan.Zero);
    }

    public int Threads { get; }

    private ref long Arrived => ref _shared[0].Value;

    private ref long Started => ref _shared[1].Value;

    /// <summary>Runs every task of every phase, phase after phase, and returns when all are done. One call at a time.</summary>
    /// <exception cref="InvalidOperationException">Called from one of the team's own tasks, or from two threads at once.</exception>
    /// <remarks>A task's exception is thrown here; tasks not yet begun are then skipped, and the team can be used again.</remarks>
    public void Run(TeamProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        ObjectDisposedException.ThrowIf(_retired, this);
        if (program.Threads != Threads)
            throw new ArgumentException($"The program was made for {program.Threads} threads, the team has {Threads}.", nameof(program));
        if (Interlocked.Exchange(ref _running, 1) != 0)
            throw new InvalidOperationException("The team is already running a program.");
        try
        {
            if (Threads == 1) RunAlone(program);
            else RunTogether(program);
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    /// <summary>Gives the threads back. Not to be called while a program runs.</summary>
    public void Dispose()
    {
        if (_retired) return;
        if (Interlocked.Exchange(ref _running, 1) != 0) throw new InvalidOperationException("The team is running a program.");
        _retired = true;
        Interlocked.Increment(ref Started);
        _start.Wake();
        _onDispose?.Invoke();
    }

    /// <summary>The life of a thread of the team other than the caller's, until the team is disposed.</summary>
    internal void Serve(int rank)
    {
        for (long run = 1; ; run++)
        {
            _start.WaitUntil(ref Started, run);
            if (_retired) return;
            Work(_program!, rank);
        }
    }

    private static void RunAlone(TeamProgram program)
    {
        foreach (Phase phase in program.Phases)
        {
            int tasks = phase.Tasks;
            for (int task = 0; task < tasks; task++) phase.Run(task, 0);
        }
    }

    private void RunTogether(TeamProgram program)
    {
        if (program.Phases.IsEmpty) return;
        _program = program;
        Interlocked.Increment(ref Started);
        _start.Wake();
        Work(program, 0);
        _phasesDone += program.Phases.Length;
        if (_failure is not { } failure) return;
        _failure = null;
        ExceptionDispatchInfo.Throw(failure);
    }

    private void Work(TeamProgram program, int rank)
    {
        ReadOnlySpan<Phase> phases = program.Phases;
        long done = _phasesDone;
        for (int i = 0; i < phases.Length; i++)
        {
            int counters = (int)((done + i) & 1) * Threads, next = Threads - counters;
            _taken[next + rank].Value = 0;
            try
            {
                RunTasks(phases[i], program.Starts(i), counters, rank);
            }
            catch (Exception failure)
            {
                Interlocked.CompareExchange(ref _failure, failure, null);
            }

            long all = (done + i + 1) * Threads;
            if (Interlocked.Increment(ref Arrived) == all) _barrier.Wake();
            else if (rank == 0 || i + 1 < phases.Length) _barrier.WaitUntil(ref Arrived, all);
        }
    }

    private void RunTasks(Phase phase, ReadOnlySpan<int> starts, int counters, int rank)
    {
        for (int turn = 0; turn < Threads; turn++)
        {
            int owner = rank + turn;
            if (owner >= Threads) owner -= Threads;
            int first = starts[owner], count = starts[owner + 1] - first;
            ref long taken = ref _taken[counters + owner].Value;
            while (Volatile.Read(ref taken) < count && Volatile.Read(ref _failure) is null)
            {
                long index = Interlocked.Increment(ref taken) - 1;
                if (index >= count) break;
                phase.Run(first + (int)index, rank);
            }
        }
    }
}
