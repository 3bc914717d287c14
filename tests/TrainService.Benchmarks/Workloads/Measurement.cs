using System.Diagnostics;
using System.Globalization;

namespace TrainService.Benchmarks.Workloads;

/// <summary>Times steps in about fifteen windows after a warm-up, as the peers do, and prints the same line.</summary>
internal static class Measurement
{
    private const int WarmParts = 3;

    public static string Run(string name, int threads, double seconds)
    {
        using Workload workload = Catalog.Create(name, threads);
        long start = Stopwatch.GetTimestamp();
        int warm = 0;
        // Long enough for the JIT's second tier to have replaced the first; pauses let it have a core, which threads that never sleep would not.
        TimeSpan pauses = TimeSpan.Zero;
        for (int part = 1; part <= WarmParts; part++)
        {
            while ((Stopwatch.GetElapsedTime(start) - pauses).TotalSeconds < Math.Max(0.6, seconds * 0.25) * part / WarmParts || warm < 3)
            {
                workload.Step();
                warm++;
            }

            long pause = Stopwatch.GetTimestamp();
            Thread.Sleep(150);
            pauses += Stopwatch.GetElapsedTime(pause);
        }

        double once = (Stopwatch.GetElapsedTime(start) - pauses).TotalSeconds / warm;
        int each = Math.Max(1, (int)(seconds * 0.85 / 15 / once));
        List<double> windows = [];
        start = Stopwatch.GetTimestamp();
        while (windows.Count < 3 || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds * 0.85)
        {
            long window = Stopwatch.GetTimestamp();
            for (int i = 0; i < each; i++) workload.Step();
            windows.Add(Stopwatch.GetElapsedTime(window).TotalSeconds / each);
        }

        windows.Sort();
        double median = windows[windows.Count / 2];
        string loss = double.IsNaN(workload.LastLoss) ? "" : string.Create(CultureInfo.InvariantCulture, $", \"loss\": {workload.LastLoss:F4}");
        return string.Create(CultureInfo.InvariantCulture,
            $$"""{"workload": "{{name}}", "threads": {{threads}}, "samples_per_s": {{workload.Batch / median:F2}}, "step_us": {{median * 1e6:F1}}, "peak_rss_mb": {{PeakMegabytes():F1}}, "step_us_best": {{windows[0] * 1e6:F1}}, "gflop_per_step": {{workload.Flops * workload.Batch / 1e9:F6}}{{loss}}}""");
    }

    private static double PeakMegabytes()
    {
        string? line = File.Exists("/proc/self/status") ? File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("VmHWM", StringComparison.Ordinal)) : null;
        return line is null
            ? Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0
            : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
