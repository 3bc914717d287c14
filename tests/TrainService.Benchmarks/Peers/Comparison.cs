using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TrainService.Benchmarks.Workloads;

namespace TrainService.Benchmarks.Peers;

/// <summary>
/// Ours and PyTorch in turn, each as a process of its own and at whichever number of threads is faster for it: the machine's speed drifts, so only
/// runs side by side compare. Prints medians over the pairs and their ratio as a table.
/// </summary>
internal static class Comparison
{
    public static int Run(IReadOnlyList<string> workloads, double pairs, double seconds)
    {
        string script = Path.Combine(Checkout.Shared, "bench", "peer_torch.py");
        Console.WriteLine("| workload | ours, threads | ours, µs | PyTorch, threads | PyTorch, µs | ratio | ours, MB | PyTorch, MB |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (string workload in workloads.Count > 0 ? workloads : Catalog.Names)
        {
            int ours = Better(t => Ours(workload, t, seconds)), theirs = Better(t => Torch(script, workload, t, seconds));
            List<Line> a = [], b = [];
            for (int i = 0; i < pairs; i++)
            {
                a.Add(Ours(workload, ours, seconds));
                b.Add(Torch(script, workload, theirs, seconds));
            }

            double mine = Median(a, l => l.StepMicroseconds), torch = Median(b, l => l.StepMicroseconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {workload} | {ours} | {mine:F1} | {theirs} | {torch:F1} | {torch / mine:F2} | {Median(a, l => l.Megabytes):F0} | {Median(b, l => l.Megabytes):F0} |"));
        }

        return 0;
    }

    /// <summary>Threads at which the best of three short runs is fastest: 1 or 2, or all cores.</summary>
    private static int Better(Func<int, Line> run)
        => new[] { 1, 2, Environment.ProcessorCount }.Distinct().Where(t => t <= Environment.ProcessorCount)
            .MinBy(t => Enumerable.Range(0, 3).Min(_ => run(t).StepMicroseconds));

    private static double Median(IReadOnlyList<Line> lines, Func<Line, double> figure)
    {
        double[] sorted = [.. lines.Select(figure).Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static Line Ours(string workload, int threads, double seconds)
        => Start(Environment.ProcessPath!, [.. Host(), workload, "--threads", $"{threads}", "--seconds", seconds.ToString(CultureInfo.InvariantCulture)]);

    // Started as `dotnet x.dll`, the process is dotnet itself.
    private static string[] Host()
        => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Comparison).Assembly.Location] : [];

    private static Line Torch(string script, string workload, int threads, double seconds)
        => Start("/usr/bin/python3", [script, workload, "--threads", $"{threads}", "--seconds", seconds.ToString(CultureInfo.InvariantCulture)]);

    private static Line Start(string program, IReadOnlyList<string> arguments)
    {
        ProcessStartInfo info = new(program, arguments) { RedirectStandardOutput = true };
        // The peer's BLAS must choose its kernels for this processor itself.
        info.Environment.Remove("OPENBLAS_CORETYPE");
        info.Environment.Remove("OPENBLAS_L2_SIZE");
        using Process process = Process.Start(info)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        using JsonDocument json = JsonDocument.Parse(output);
        return new Line(json.RootElement.GetProperty("step_us").GetDouble(), json.RootElement.GetProperty("peak_rss_mb").GetDouble());
    }

    private sealed record Line(double StepMicroseconds, double Megabytes);
}
