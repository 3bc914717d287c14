using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using TrainService.Formats;

namespace TrainService.Training.Tests.Export.Onnx;

/// <summary>npm's onnxruntime-node and TensorFlow.js: many models in one process, since starting it is what takes long.</summary>
internal static class OnnxRuntime
{
    private static readonly Lazy<string> Folder = new(() => Path.Combine(Root(), "tests", "TrainService.Training.Tests", "readers"));
    private static readonly Lazy<bool> Installed = new(() => Run("npm", TimeSpan.FromMinutes(8), "ci", "--no-audit", "--no-fund", "--ignore-scripts").Code == 0);

    /// <returns>For each case its outputs, or the runtime's own words why not.</returns>
    /// <param name="optimized">Where to write the graph that the runtime makes of the first model.</param>
    public static IReadOnlyList<(float[][]? Outputs, string? Error)> Run(IReadOnlyList<(byte[] Model, IReadOnlyList<(string Name, long[] Shape, float[] Data)> Inputs)> cases, string? optimized = null)
    {
        string folder = Directory.CreateTempSubdirectory("tsonnx").FullName;
        try
        {
            var list = new StringBuilder("[");
            for (int i = 0; i < cases.Count; i++)
            {
                string path = Path.Combine(folder, $"{i}.onnx");
                File.WriteAllBytes(path, cases[i].Model);
                list.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$"""{"model": "{{path}}"{{(i == 0 && optimized is not null ? $", \"optimized\": \"{optimized}\"" : "")}}, "inputs": [""").AppendJoin(',', cases[i].Inputs.Select(x =>
                    $$"""{"name": "{{x.Name}}", "shape": [{{string.Join(',', x.Shape)}}], "data": [{{string.Join(',', x.Data.Select(v => v.ToString("R", CultureInfo.InvariantCulture)))}}]}""")).Append("]}");
            }
            return Ask("run_onnx.mjs", folder, list.Append(']').ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The same by TensorFlow.js, of Layers models (the path of model.json) and of whole-model .h5 files, which h5wasm opens.</summary>
    public static IReadOnlyList<(float[][]? Outputs, string? Error)> RunLayers(string folder, IReadOnlyList<(string File, IReadOnlyList<NamedArray> Inputs)> cases)
        => Ask("run_layers.mjs", folder, new JsonArray([.. cases.Select(c => (JsonNode?)new JsonObject
        {
            ["file"] = c.File,
            ["inputs"] = new JsonArray([.. c.Inputs.Select(x => (JsonNode?)new JsonObject
            {
                ["shape"] = new JsonArray([.. x.Shape.Select(n => (JsonNode?)n)]), ["data"] = new JsonArray([.. x.ToSingles().Select(n => (JsonNode?)n)]),
            })]),
        })]).ToJsonString());

    /// <summary>The same by h5py and NumPy, of a .keras or .h5 file.</summary>
    public static float[][] RunPython(string file, string golden, IEnumerable<string> inputs)
    {
        (int code, string output) = Run(Python, TimeSpan.FromMinutes(1), ["predict_keras.py", file, golden, .. inputs]);
        code.ShouldBe(0, output);
        return Outputs(JsonNode.Parse(output)!);
    }

    /// <summary>Holds scripts against keras_api.txt.</summary>
    public static (int Code, string Output) CheckScripts(string folder)
        => Run(Python, TimeSpan.FromMinutes(1), "check_scripts.py", Path.Combine(Root(), "tests", "TrainService.Training.Tests", "Export", "keras_api.txt"), folder);

    /// <summary>Debian's, which has h5py.</summary>
    public const string Python = "/usr/bin/python3";

    private static IReadOnlyList<(float[][]? Outputs, string? Error)> Ask(string script, string folder, string cases)
    {
        Installed.Value.ShouldBeTrue("npm ci must succeed");
        string file = Path.Combine(folder, "cases.json");
        File.WriteAllText(file, cases);
        (int code, string output) = Run("node", TimeSpan.FromMinutes(3), script, file);
        code.ShouldBe(0, output);
        // What programs say while they start comes before.
        return [.. JsonNode.Parse(output[(output.TrimEnd().LastIndexOf('\n') + 1)..])!.AsArray().Select(r => r!["error"] is { } error ? ((float[][]?)null, (string?)error.GetValue<string>()) : (Outputs(r), null))];
    }

    private static float[][] Outputs(JsonNode result) => [.. result["outputs"]!.AsArray().Select(o => o!["data"]!.AsArray().Select(n => n is null ? float.NaN : (float)n.GetValue<double>()).ToArray())];

    /// <summary>Runs a script that looks for the readers beside it.</summary>
    public static (int Code, string Output) Script(string folder, string script)
    {
        Installed.Value.ShouldBeTrue("npm ci must succeed");
        Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Path.Combine(Folder.Value, "node_modules"));
        return Run("node", TimeSpan.FromMinutes(2), Path.Combine(folder, script));
    }

    public static bool Answers(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments.Length == 0 ? ["--version"] : arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static (int Code, string Output) Run(string program, TimeSpan limit, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder.Value })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end within {limit}.");
        }
        return (process.ExitCode, process.ExitCode == 0 ? output.Result : output.Result + error.Result);
    }

    /// <summary>The checkout that the tests were built from.</summary>
    public static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TrainService.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("No folder above the tests holds TrainService.sln.");
    }
}

/// <summary>A test that needs Python; without it it shows as skipped.</summary>
public sealed class PythonFactAttribute : FactAttribute
{
    private static readonly bool Available = OnnxRuntime.Answers(OnnxRuntime.Python);

    public PythonFactAttribute()
    {
        if (!Available) Skip = "python3 is not installed: it compiles the scripts that are written here.";
    }
}

/// <summary>A test that needs Debian's python3-h5py; without it it shows as skipped.</summary>
public sealed class H5pyTheoryAttribute : TheoryAttribute
{
    private static readonly bool Available = OnnxRuntime.Answers(OnnxRuntime.Python, "-c", "import h5py, numpy");

    public H5pyTheoryAttribute()
    {
        if (!Available) Skip = "Debian's python3-h5py is not installed: it reads what is written here.";
    }
}

/// <summary>A test that needs node and npm, for onnxruntime-node; without them it shows as skipped.</summary>
public sealed class OnnxRuntimeFactAttribute : FactAttribute
{
    private static readonly bool Available = OnnxRuntime.Answers("node") && OnnxRuntime.Answers("npm");

    public OnnxRuntimeFactAttribute()
    {
        if (!Available) Skip = "node and npm are not installed: npm's onnxruntime-node runs what is written here.";
    }
}
