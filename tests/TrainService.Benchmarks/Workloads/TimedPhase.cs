using System.Diagnostics;
using TrainService.Tensors.Threading;

namespace TrainService.Benchmarks.Workloads;

/// <summary>A phase whose tasks are timed: how long each thread was busy in it, and when the last of it was done.</summary>
internal sealed class TimedPhase(Phase inner, int threads) : Phase
{
    /// <summary>Longs between two threads' counters, so that they don't share a cache line.</summary>
    private const int Apart = 16;

    private readonly long[] _busy = new long[(threads + 1) * Apart];
    private readonly long[] _end = new long[(threads + 1) * Apart];

    public override int Tasks => inner.Tasks;

    /// <summary>When its last task was over.</summary>
    public long End => Enumerable.Range(1, threads).Max(r => _end[r * Apart]);

    /// <summary>Time that this thread has spent in its tasks, since the last reset.</summary>
    public long Busy(int rank) => _busy[(rank + 1) * Apart];

    public void Reset() => Array.Clear(_busy);

    public override double CostOf(int task) => inner.CostOf(task);

    public override void Run(int task, int rank)
    {
        long start = Stopwatch.GetTimestamp();
        inner.Run(task, rank);
        long end = Stopwatch.GetTimestamp();
        _busy[(rank + 1) * Apart] += end - start;
        _end[(rank + 1) * Apart] = end;
    }

    public override string ToString() => $"{inner}";
}
