using System.Runtime.ExceptionServices;

namespace TrainService.Tensors.Threading;

/// <summary>
/// Threads that a job holds for itself: the one that calls <see cref="Run"/> works as rank 0, the others belong to the team until it is disposed.
/// A run allocates nothing and, as long as nobody has gone to sleep, takes no lock.
/// </summary>
/// <remarks>
/// A phase is over when its tasks are done, not when every rank has come by: a rank that is asleep or has lost its core holds nobody up, the others do
/// its tasks. It may come late, even in another run. That is safe because every phase has a number of its own, counted over all runs, which is part of
/// each claim: a claim for a phase that is over fails.
/// </remarks>
public sealed class ComputeTeam : IDisposable
{
    private readonly Action? _onDispose;
    private readonly Gate _barrier;
    private readonly Gate _start;
    private readonly PaddedCounter[] _claims;
    private readonly PaddedCounter[] _shared = new PaddedCounter[2];
    private TeamProgram? _program;
    private Exception? _failure;
    private long _firstPhase = 1;
    private long _doneBefore;
    private int _lastLength;
    private int _running;
    private bool _retired;

    internal ComputeTeam(int threads, Action? onDispose)
    {
        Threads = threads;
        _onDispose = onDispose;
        _claims = new PaddedCounter[threads];
        bool crowded = threads > Environment.ProcessorCount;
        (_barrier, _start) = (new Gate(crowded), new Gate(crowded));
    }

    public int Threads { get; }

    /// <summary>Tasks done, over all runs.</summary>
    private ref long Done => ref _shared[0].Value;

    /// <summary>Rises by two with each run; odd while the run's fields are being written.</summary>
    private ref long Version => ref _shared[1].Value;

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
        Interlocked.Add(ref Version, 2);
        _start.Wake();
        _onDispose?.Invoke();
    }

    /// <summary>The life of a thread of the team other than the caller's, until the team is disposed.</summary>
    internal void Serve(int rank)
    {
        long seen = 0;
        while (true)
        {
            _start.WaitUntil(ref Version, seen + 2);
            long version = Volatile.Read(ref Version);
            if (version % 2 != 0) _start.WaitUntil(ref Version, ++version);
            if (Volatile.Read(ref _retired)) return;
            TeamProgram program = Volatile.Read(ref _program)!;
            long firstPhase = Volatile.Read(ref _firstPhase), doneBefore = Volatile.Read(ref _doneBefore);
            if (Volatile.Read(ref Version) != version) continue; // late: this run is over and the next one is being written
            seen = version;
            Work(program, firstPhase, doneBefore, rank);
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
        Interlocked.Increment(ref Version);
        _program = program;
        _firstPhase += _lastLength;
        _doneBefore = Volatile.Read(ref Done);
        _lastLength = program.Phases.Length;
        Interlocked.Increment(ref Version);
        _start.Wake();
        Work(program, _firstPhase, _doneBefore, 0);
        if (_failure is not { } failure) return;
        _failure = null;
        ExceptionDispatchInfo.Throw(failure);
    }

    private void Work(TeamProgram program, long firstPhase, long doneBefore, int rank)
    {
        int phases = program.Phases.Length;
        for (int i = 0; i < phases; i++)
        {
            long all = doneBefore + program.TasksThrough(i);
            if (Volatile.Read(ref Done) >= all || RunTasks(program, i, firstPhase + i, all, rank)) continue;
            if (rank == 0 || i + 1 < phases) _barrier.WaitUntil(ref Done, all);
        }
    }

    /// <summary>The rank's own tasks, then what is left of the others'. True when the last task of the phase was among them.</summary>
    private bool RunTasks(TeamProgram program, int index, long number, long all, int rank)
    {
        Phase phase = program.Phases[index];
        ReadOnlySpan<int> starts = program.Starts(index);
        for (int turn = 0; turn < Threads; turn++)
        {
            int owner = rank + turn;
            if (owner >= Threads) owner -= Threads;
            int first = starts[owner], count = starts[owner + 1] - first, done = 0;
            ref long claims = ref _claims[owner].Value;
            for (int task; (task = TaskClaims.Next(ref claims, number, count)) >= 0; done++) RunTask(phase, first + task, rank);
            // Reported after each range: who finishes last then needn't look at the others' counters, which lie in their caches.
            if (done == 0 || Interlocked.Add(ref Done, done) != all) continue;
            _barrier.Wake();
            return true;
        }

        return false;
    }

    /// <summary>A task that follows a failure counts as done.</summary>
    private void RunTask(Phase phase, int task, int rank)
    {
        if (Volatile.Read(ref _failure) is not null) return;
        try
        {
            phase.Run(task, rank);
        }
        catch (Exception failure)
        {
            Interlocked.CompareExchange(ref _failure, failure, null);
        }
    }
}
