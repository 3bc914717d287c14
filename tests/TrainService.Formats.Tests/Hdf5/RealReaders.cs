using System.Diagnostics;
using System.Text.Json.Nodes;

namespace TrainService.Formats.Tests.Hdf5;

/// <summary>The readers that other people have: Debian's python3-h5py and npm's h5wasm, through the scripts in readers/.</summary>
internal static class RealReaders
{
    private static readonly Lazy<string> Folder = new(() => Path.Combine(Root(), "tests", "TrainService.Formats.Tests", "readers"));
    private static readonly Lazy<bool> Installed = new(() => Run("npm", TimeSpan.FromMinutes(5), "ci", "--no-audit", "--no-fund", "--ignore-scripts").Code == 0);

    public static JsonNode ReadWithH5py(byte[] file) => Read(file, path => Run("/usr/bin/python3", TimeSpan.FromMinutes(1), "read_h5.py", path));

    public static JsonNode ReadWithH5wasm(byte[] file)
    {
        Installed.Value.ShouldBeTrue("npm ci must succeed");
        return Read(file, path => Run("node", TimeSpan.FromMinutes(1), "read_h5.mjs", path));
    }

    public static bool Answers(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static JsonNode Read(byte[] file, Func<string, (int Code, string Output)> read)
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.h5");
        File.WriteAllBytes(path, file);
        try
        {
            (int code, string output) = read(path);
            code.ShouldBe(0, output);
            return JsonNode.Parse(output)!;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static (int Code, string Output) Run(string program, TimeSpan limit, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder.Value,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end within {limit}.");
        }
        return (process.ExitCode, process.ExitCode == 0 ? output.Result : output.Result + error.Result);
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TrainService.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("No folder above the tests holds TrainService.sln.");
    }
}

/// <summary>A test that needs Debian's python3-h5py; without it it shows as skipped.</summary>
public sealed class H5pyFactAttribute : FactAttribute
{
    private static readonly bool Available = RealReaders.Answers("/usr/bin/python3", "-c", "import h5py");

    public H5pyFactAttribute()
    {
        if (!Available) Skip = "Debian's python3-h5py is not installed: it reads what is written here.";
    }
}

/// <summary>A test that needs node and npm, for h5wasm; without them it shows as skipped.</summary>
public sealed class H5wasmFactAttribute : FactAttribute
{
    private static readonly bool Available = RealReaders.Answers("node", "--version") && RealReaders.Answers("npm", "--version");

    public H5wasmFactAttribute()
    {
        if (!Available) Skip = "node and npm are not installed: npm's h5wasm reads what is written here.";
    }
}
