namespace TrainService.Tensors.Threading;

/// <summary>
/// A fixed list of phases, divided among the threads of a team: each rank gets one contiguous range of every phase's tasks, the same in every
/// run, so that it finds the weights of its tasks in its own cache again. Made once, run any number of times.
/// </summary>
public sealed class TeamProgram
{
    private readonly Phase[] _phases;
    private readonly int[] _starts; // [phase][rank], with one more rank for the end
    private readonly long[] _tasksThrough;

    /// <param name="threads">Of the team that will run it.</param>
    public TeamProgram(int threads, params ReadOnlySpan<Phase> phases)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _phases = phases.ToArray();
        _starts = new int[_phases.Length * (threads + 1)];
        _tasksThrough = new long[_phases.Length];
        long tasks = 0;
        for (int i = 0; i < _phases.Length; i++)
        {
            Divide(_phases[i], _starts.AsSpan(i * (threads + 1), threads + 1));
            _tasksThrough[i] = tasks += Starts(i)[threads];
        }
    }

    public int Threads { get; }

    public ReadOnlySpan<Phase> Phases => _phases;

    /// <summary>First task of each rank in a phase, and the number of tasks at the end.</summary>
    internal ReadOnlySpan<int> Starts(int phase) => _starts.AsSpan(phase * (Threads + 1), Threads + 1);

    /// <summary>How many tasks the phases up to and including this one have.</summary>
    internal long TasksThrough(int phase) => _tasksThrough[phase];

    /// <summary>A task belongs to the rank in whose share of the total cost its middle lies. Equal costs give rank 0 the longest range.</summary>
    private static void Divide(Phase phase, Span<int> starts)
    {
        int tasks = phase.Tasks, ranks = starts.Length - 1;
        ArgumentOutOfRangeException.ThrowIfNegative(tasks, nameof(phase));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tasks, TaskClaims.MostTasks, nameof(phase));
        double total = 0;
        for (int task = 0; task < tasks; task++)
        {
            double cost = phase.CostOf(task);
            if (!(cost >= 0 && double.IsFinite(cost)))
                throw new ArgumentException($"Task {task} of {phase.GetType().Name} has the cost {cost}; it must be 0 or more.", nameof(phase));
            total += cost;
        }

        double before = 0;
        int rank = 0;
        for (int task = 0; task < tasks; task++)
        {
            double cost = phase.CostOf(task);
            while (rank + 1 < ranks && before + cost / 2 > total * (rank + 1) / ranks) starts[++rank] = task;
            before += cost;
        }

        while (rank < ranks) starts[++rank] = tasks;
    }
}
