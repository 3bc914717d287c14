namespace TrainService.Benchmarks.Peers;

/// <summary>One side of a comparison.</summary>
/// <param name="Name">For people.</param>
/// <param name="Measure">Takes a measurement, given the threads and the seconds.</param>
internal sealed record Peer(string Name, Func<int, double, PeerLine> Measure)
{
    private const string Python = "/usr/bin/python3";

    private static string Scripts => Path.Combine(Checkout.Shared, "bench");

    // Started as `dotnet x.dll`, the process is dotnet itself.
    public static Peer Ours(string workload) => Program("ours", Environment.ProcessPath!,
        [.. Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? (string[])[typeof(Peer).Assembly.Location] : [], workload]);

    /// <summary>Everybody who knows the workload, ours first.</summary>
    public static IReadOnlyList<Peer> Of(string workload)
    {
        // Nobody else keeps what frozen layers give: that is compared with working it out again.
        string known = workload.EndsWith("_kept", StringComparison.Ordinal) ? workload[..^"_kept".Length] : workload;
        List<Peer> all = [Ours(workload), Program("PyTorch", Python, [Path.Combine(Scripts, "peer_torch.py"), known])];
        if (workload.EndsWith("_infer", StringComparison.Ordinal) && OnnxFolder() is { } folder)
            all.Add(Program("ONNX Runtime", "node", [Path.Combine(folder, "peer_ort.mjs"), workload, folder]));
        return all;
    }

    /// <summary>
    /// A temporary folder with ONNX Runtime from npm and the networks as ONNX, made when it is first needed; null, with a word why, when it can't be.
    /// </summary>
    private static string? OnnxFolder()
    {
        string folder = Path.Combine(Path.GetTempPath(), "trainservice-onnxruntime");
        try
        {
            Directory.CreateDirectory(folder);
            File.Copy(Path.Combine(Scripts, "peer_ort.mjs"), Path.Combine(folder, "peer_ort.mjs"), overwrite: true);
            if (!Directory.Exists(Path.Combine(folder, "node_modules", "onnxruntime-node")))
                PeerProcess.Run("npm", ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "onnxruntime-node"], folder);
            if (!File.Exists(Path.Combine(folder, "mobilenetv2.onnx"))) PeerProcess.Run(Python, [Path.Combine(Scripts, "export_onnx.py"), folder], folder);
            return folder;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or System.ComponentModel.Win32Exception)
        {
            Console.Error.WriteLine($"Without ONNX Runtime: {e.Message}");
            return null;
        }
    }

    private static Peer Program(string name, string program, string[] arguments)
        => new(name, (threads, seconds) => PeerProcess.Measure(program, arguments, threads, seconds));
}
