using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Memory;

namespace TrainService.Benchmarks.Kernels;

/// <summary>What the machine could do if nothing but arithmetic, or nothing but reading, took time: best of several short runs.</summary>
internal static class MachinePeak
{
    private const int Runs = 7;

    /// <summary>FLOP/s of fused multiply-adds of float32 on so many threads at once, at the widest vectors.</summary>
    public static double Arithmetic(int threads) => Best(threads, _ =>
    {
        long start = Stopwatch.GetTimestamp();
        const int Calls = 40;
        for (int i = 0; i < Calls; i++) FmaPeak.Run(SimdPaths.Best);
        return Calls * FmaPeak.Flops(SimdPaths.Best) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    });

    /// <summary>Bytes a second that so many threads read, each an array of its own again and again.</summary>
    public static double Reading(int threads, long bytes)
    {
        using Arena memory = new(threads * bytes / sizeof(float));
        return Best(threads, rank =>
        {
            int times = (int)Math.Max(2, 200_000_000 / bytes);
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < times; i++) Read(memory, rank * bytes / sizeof(float), bytes / sizeof(float));
            return times * (double)bytes / Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
    }

    public static void Print()
    {
        for (int threads = 1; threads <= Math.Min(2, Environment.ProcessorCount); threads++)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{threads} threads: {Arithmetic(threads) / 1e9:F0} GFLOP/s; reading {Reading(threads, 512 << 10) / 1e9:F0} GB/s of 512 KB, {Reading(threads, 6 << 20) / 1e9:F0} GB/s of 6 MB, {Reading(threads, 256 << 20) / 1e9:F0} GB/s of 256 MB a thread"));
        }
    }

    private static double Best(int threads, Func<int, double> rate)
    {
        double best = 0;
        for (int run = 0; run < Runs; run++)
        {
            double[] rates = new double[threads];
            using Barrier together = new(threads);
            Thread[] all = [.. Enumerable.Range(0, threads).Select(rank => new Thread(() =>
            {
                together.SignalAndWait();
                rates[rank] = rate(rank);
            }))];
            foreach (Thread thread in all) thread.Start();
            foreach (Thread thread in all) thread.Join();
            best = Math.Max(best, rates.Sum());
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Read(Arena memory, long from, long count)
    {
        float* x = memory.At(from), end = x + count;
        Vector512<float> a = default, b = default, c = default, d = default;
        for (; x < end; x += 64)
        {
            a += Vector512.Load(x);
            b += Vector512.Load(x + 16);
            c += Vector512.Load(x + 32);
            d += Vector512.Load(x + 48);
        }

        if (Vector512.Sum(a + b + (c + d)) == 1f) throw new InvalidOperationException("Memory that was zero is not.");
    }
}
