using System.Diagnostics;
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
        SimdPath? only = arguments.Length > 0 ? Enum.Parse<SimdPath>(arguments[0], ignoreCase: true) : null;
        using var pool = new ComputePool();
        foreach (SimdPath path in Enum.GetValues<SimdPath>().Reverse())
        {
            if (!SimdPaths.IsSupported(path) || only is not null && only != path || only is null && path == SimdPath.Scalar) continue;
            for (int threads = 1; threads <= Math.Min(2, pool.Threads); threads++)
            {
                using ComputeTeam team = pool.Lease(threads);
                Products(path, team);
            }
        }
    }

    private static void Products(SimdPath path, ComputeTeam team)
    {
        double peak = Best(team, new Peak(path, team.Threads), FmaPeak.Flops(path) * team.Threads, 0.3);
        Console.WriteLine($"{path}, {team.Threads} thread(s): FMA peak {peak:F1} GFLOP/s");
        foreach ((ProductRole role, int rows, int depth, int columns) in Shapes)
        {
            using var shape = new ProductShape(path, role, rows, depth, columns, team.Threads);
            double rate = Best(team, shape, shape.Flops, 0.15);
            Console.WriteLine($"  {role,-14} {rows,4} x {depth,4} x {columns,4}  {rate,7:F1} GFLOP/s {rate / peak,6:P0}  {shape.Flops / rate / 1e3,8:F1} us");
        }
    }

    /// <summary>The highest rate, in GFLOP/s, of samples of about a millisecond each.</summary>
    private static double Best(ComputeTeam team, Phase phase, double flops, double seconds)
    {
        var program = new TeamProgram(team.Threads, phase);
        team.Run(program);
        long start = Stopwatch.GetTimestamp();
        team.Run(program);
        int repeats = Math.Max(1, (int)(1e-3 / Stopwatch.GetElapsedTime(start).TotalSeconds));
        double best = double.PositiveInfinity;
        for (long begin = start; Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds;)
        {
            start = Stopwatch.GetTimestamp();
            for (int i = 0; i < repeats; i++) team.Run(program);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds / repeats);
        }

        return flops / best / 1e9;
    }

    private sealed class Peak(SimdPath path, int threads) : Phase
    {
        public override int Tasks => threads;

        public override void Run(int task, int rank) => FmaPeak.Run(path);
    }
}
