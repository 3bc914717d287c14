using System.ComponentModel;
using System.Diagnostics;

namespace TrainService.Data.Fashion;

/// <summary>Installs Debian's package, when this process may.</summary>
internal static class PackageInstaller
{
    private const string Package = "dataset-fashion-mnist";

    /// <summary>Null when it is installed; otherwise why not, in a few words.</summary>
    public static async Task<string?> InstallAsync(FashionMnistOptions options, IProgress<LocateProgress>? progress, CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess) return "this process is not root, so it cannot install the package";
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bounded.CancelAfter(options.InstallTimeout);
        try
        {
            // Package lists may be missing (a fresh container) or stale; without a network the lists that are there may still do.
            progress?.Report(new($"{options.AptGet} update"));
            await RunAsync(options.AptGet, ["update"], bounded.Token);
            progress?.Report(new($"{options.AptGet} install {Package}"));
            int code = await RunAsync(options.AptGet, ["install", "-y", "--no-install-recommends", Package], bounded.Token);
            return code == 0 ? null : $"{options.AptGet} install {Package} failed";
        }
        catch (Win32Exception)
        {
            return $"there is no {options.AptGet} here";
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"{options.AptGet} took longer than {options.InstallTimeout.TotalSeconds:0} s";
        }
    }

    private static async Task<int> RunAsync(string command, string[] arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
            RedirectStandardInput = true
        };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        // What it says must be read, or it stops when the pipe is full.
        Task output = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        Task errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        await Task.WhenAll(output, errors);
        return process.ExitCode;
    }
}
