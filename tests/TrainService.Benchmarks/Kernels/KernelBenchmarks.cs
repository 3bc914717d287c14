using System.Diagnostics;
using System.Runtime.CompilerServices;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Threading;

namespace TrainService.Benchmarks.Kernels;

/// <summary>
/// Matrix products of the shapes that training meets, in GFLOP/s beside what the processor can do at best in the same seconds. The best of many short
/// runs is shown, because the machine is rarely alone.
/// </summary>
public static class KernelBenchmarks
{
    private static readonly (ProductRole Role, int Rows, int Depth, int Columns)[] Shapes =
    [
        (ProductRole.Forward, 32, 784, 300),
        (ProductRole.Forward, 256, 784, 300),
        (ProductRole.Forward, 32, 300, 100),
        (ProductRole.InputGradient, 32, 300, 784),
        (ProductRole.InputGradient, 32, 100, 300),
        (ProductRole.InputGradient, 256, 300, 784),
        (ProductRole.WeightGradient, 784, 32, 300),
        (ProductRole.WeightGradient, 300, 32, 100),
        (ProductRole.WeightGradient, 784, 256, 300),
        (ProductRole.Forward, 512, 512, 512),
        (ProductRole.Forward, 1024, 1024, 1024),
    ];

    /// <param name="arguments">A path's name (Vector512, Vector256, Vector128, Scalar) limits it to that path.</param>
    public static void Run(ReadOnlySpan<string> arguments)
    {
        SimdPath? only = arguments is not (["phases"] or []) ? Enum.Parse<SimdPath>(arguments[0], ignoreCase: true) : null;
        using var pool = new ComputePool();
        for (int threads = 1; threads <= pool.Threads; threads++) Phases(pool, threads);
        if (arguments is ["phases"]) return;
        foreach (SimdPath path in Enum.GetValues<SimdPath>().Reverse())
        {
            if (!SimdPaths.IsSupported(path) || (only is null ? path == SimdPath.Scalar : path != only)) continue;
            for (int threads = 1; threads <= Math.Min(2, pool.Threads); threads++)
            {
                using ComputeTeam team = pool.Lease(threads);
                Products(path, team);
            }

            ElementwiseBenchmarks.Run(path);
        }
    }

    private static void Products(SimdPath path, ComputeTeam team)
    {
        double peak = FmaPeak.Flops(path) * team.Threads / BestSeconds(team, 0.3, new Peak(path, team.Threads));
        Console.WriteLine($"{path}, {team.Threads} thread(s): FMA peak {peak / 1e9:F1} GFLOP/s");
        foreach ((ProductRole role, int rows, int depth, int columns) in Shapes)
        {
            using var shape = new ProductShape(path, role, rows, depth, columns, team.Threads);
            double seconds = BestSeconds(team, 0.15, shape), rate = shape.Flops / seconds;
            Console.WriteLine($"  {role,-14} {rows,4} x {depth,4} x {columns,4}  {rate / 1e9,7:F1} GFLOP/s {rate / peak,6:P0}  {seconds * 1e6,8:F1} us");
        }
    }

    /// <summary>What it costs to hand out a phase and to wait for it, beyond its work: four tasks a thread, of about a microsecond each.</summary>
    private static void Phases(ComputePool pool, int threads)
    {
        const int Many = 100;
        using ComputeTeam team = pool.Lease(threads), alone = pool.LeaseBeside();
        double work = BestSeconds(alone, 0.3, new Microseconds(4));
        double phase = BestSeconds(team, 0.3, [.. Enumerable.Repeat<Phase>(new Microseconds(4 * threads), Many)]) / Many;
        double run = BestSeconds(team, 0.3, new Microseconds(4 * threads));
        Console.WriteLine($"{threads} thread(s): {(phase - work) * 1e9:F0} ns a phase, {(run - work) * 1e9:F0} ns a run of one phase, beside {work * 1e6:F1} us of work");
    }

    /// <summary>The best of samples of about a millisecond each.</summary>
    private static double BestSeconds(ComputeTeam team, double duration, params Phase[] phases)
    {
        var program = new TeamProgram(team.Threads, phases);
        team.Run(program);
        long start = Stopwatch.GetTimestamp();
        team.Run(program);
        int repeats = Math.Max(1, (int)(1e-3 / Stopwatch.GetElapsedTime(start).TotalSeconds));
        double best = double.PositiveInfinity;
        for (long begin = start; Stopwatch.GetElapsedTime(begin).TotalSeconds < duration;)
        {
            start = Stopwatch.GetTimestamp();
            for (int i = 0; i < repeats; i++) team.Run(program);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds / repeats);
        }

        return best;
    }

    private sealed class Peak(SimdPath path, int threads) : Phase
    {
        public override int Tasks => threads;

        public override void Run(int task, int rank) => FmaPeak.Run(path);
    }

    /// <summary>Tasks of about a microsecond: a chain of divisions.</summary>
    private sealed class Microseconds(int tasks) : Phase
    {
        private readonly double[] _sink = new double[tasks * 8];

        public override int Tasks => tasks;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void Run(int task, int rank)
        {
            double x = 1;
            for (int i = 0; i < 300; i++) x = 1 / (x + 1);
            _sink[task * 8] = x;
        }
    }
}
