using System.Diagnostics;
using System.Globalization;
using TrainService.Benchmarks.Kernels;
using TrainService.Benchmarks.Workloads;

namespace TrainService.Benchmarks.Peers;

/// <summary>
/// Ours and the peers in turn, each in a process of its own and at whichever number of threads is faster for it: the machine's speed drifts, so only
/// runs side by side compare. Prints medians over the rounds, their ratios, peak memory, and how much of what the arithmetic alone allows ours reaches.
/// </summary>
internal static class Comparison
{
    /// <summary>Seconds of one measurement: below two the runtime has not compiled everything for the second time.</summary>
    private const double Shortest = 2, Longest = 5;

    /// <summary>Seconds of a run that only tells which number of threads is better.</summary>
    private const double Glance = 1;

    /// <param name="rounds">Of each side, in turn.</param>
    /// <param name="seconds">For a workload, all its processes together; held as far as slow starts allow.</param>
    /// <param name="threads">Of every side; 0 to find each side's better number first.</param>
    public static int Run(IReadOnlyList<string> workloads, int rounds, double seconds, int threads)
    {
        Console.WriteLine("| workload | ours, µs (threads) | limit | PyTorch, µs (threads) | ratio | ONNX Runtime, µs (threads) | ratio | MB: ours | PyTorch | ONNX Runtime |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (string workload in workloads.Count > 0 ? workloads : Catalog.Names) Console.WriteLine(Row(workload, rounds, seconds, threads));
        return 0;
    }

    private static string Row(string workload, int rounds, double seconds, int threads)
    {
        IReadOnlyList<Peer> peers = Peer.Of(workload);
        Stopwatch clock = Stopwatch.StartNew();
        double overhead = 0;
        int[] chosen = [.. peers.Select(p => threads > 0 ? threads : Better(p, ref overhead))];
        if (threads > 0) foreach (Peer peer in peers) overhead += peer.Measure(threads, Glance).Overhead;
        double each = Math.Clamp(((seconds - clock.Elapsed.TotalSeconds) / rounds - overhead) / peers.Count, Shortest, Longest);
        List<PeerLine>[] lines = [.. peers.Select(_ => new List<PeerLine>())];
        List<double> peak = [];
        for (int round = 0; round < rounds; round++)
        {
            for (int p = 0; p < peers.Count; p++) lines[p].Add(peers[p].Measure(chosen[p], each));
            peak.Add(MachinePeak.Arithmetic(chosen[0]));
        }

        double[] steps = [.. lines.Select(side => Statistics.Median(side.Select(l => l.Step)))];
        double[] memory = [.. lines.Select(side => Statistics.Median(side.Select(l => l.Megabytes)))];
        double limit = lines[0][0].StepFlops * 1e9 / Statistics.Median(peak) * 1e6;
        string onnx = peers.Count > 2 ? string.Create(CultureInfo.InvariantCulture, $"{steps[2]:F1} ({chosen[2]}) | {steps[2] / steps[0]:F2}") : " | ";
        string onnxMemory = peers.Count > 2 ? string.Create(CultureInfo.InvariantCulture, $"{memory[2]:F0}") : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"| {workload} | {steps[0]:F1} ({chosen[0]}) | {limit / steps[0]:P0} | {steps[1]:F1} ({chosen[1]}) | {steps[1] / steps[0]:F2} | {onnx} | {memory[0]:F0} | {memory[1]:F0} | {onnxMemory} |");
    }

    /// <summary>The number of threads, 1 or 2 or all cores, at which the best of two short runs is fastest.</summary>
    private static int Better(Peer peer, ref double overhead)
    {
        int best = 1;
        double fastest = double.MaxValue, beyond = 0;
        foreach (int threads in new[] { 1, 2, Environment.ProcessorCount }.Distinct().Where(t => t <= Environment.ProcessorCount))
        {
            for (int run = 0; run < 2; run++)
            {
                PeerLine line = peer.Measure(threads, Glance);
                if (line.Step >= fastest) continue;
                (best, fastest, beyond) = (threads, line.Step, line.Overhead);
            }
        }

        overhead += beyond;
        return best;
    }
}
