using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Benchmarks.Peers;

/// <summary>One measurement of one side, taken in a process of its own.</summary>
/// <param name="Step">Median step, in microseconds.</param>
/// <param name="Megabytes">Peak resident memory of the process.</param>
/// <param name="StepFlops">FLOPs of a step in 10⁹; only ours says it.</param>
/// <param name="Overhead">Seconds that the process took beyond those it was given to measure.</param>
internal sealed record PeerLine(double Step, double Megabytes, double StepFlops, double Overhead);

/// <summary>Starts a program that prints one JSON line, and reads it.</summary>
internal static class PeerProcess
{
    /// <summary>PyTorch's own kernels, OpenBLAS's and oneDNN's held to AVX2.</summary>
    private static readonly (string, string)[] WithoutAvx512 =
        [("ATEN_CPU_CAPABILITY", "avx2"), ("OPENBLAS_CORETYPE", "Haswell"), ("ONEDNN_MAX_CPU_ISA", "AVX2"), ("DNNL_MAX_CPU_ISA", "AVX2")];

    public static PeerLine Measure(string program, IReadOnlyList<string> arguments, int threads, double seconds)
    {
        Stopwatch clock = Stopwatch.StartNew();
        string output = Run(program, [.. arguments, "--threads", $"{threads}", "--seconds", seconds.ToString(CultureInfo.InvariantCulture)]);
        using JsonDocument json = JsonDocument.Parse(output[output.LastIndexOf('{')..]);
        JsonElement line = json.RootElement;
        return new PeerLine(line.GetProperty("step_us").GetDouble(), line.GetProperty("peak_rss_mb").GetDouble(),
            line.TryGetProperty("gflop_per_step", out JsonElement flops) ? flops.GetDouble() : 0, clock.Elapsed.TotalSeconds - seconds);
    }

    /// <summary>Its standard output.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static string Run(string program, IReadOnlyList<string> arguments, string? folder = null)
    {
        ProcessStartInfo info = new(program, arguments) { RedirectStandardOutput = true, WorkingDirectory = folder ?? "" };
        // The peer's BLAS must choose its kernels for this processor itself.
        info.Environment.Remove("OPENBLAS_CORETYPE");
        info.Environment.Remove("OPENBLAS_L2_SIZE");
        // With DOTNET_EnableAVX512=0 ours does without AVX-512: then the peers do too. On a processor that has none this changes nothing.
        if (SimdPaths.Best == SimdPath.Vector256)
            foreach ((string name, string value) in WithoutAvx512) info.Environment[name] = value;
        using Process process = Process.Start(info)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        return output;
    }
}
