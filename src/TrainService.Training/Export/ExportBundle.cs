using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Formats;
using TrainService.Formats.Keras;
using TrainService.Formats.Npy;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Tensors;
using TrainService.Tensors.Threading;
using TrainService.Training.Export.Onnx;
using TrainService.Training.Inference;

namespace TrainService.Training.Export;

/// <summary>
/// An exported file with its proof: inputs and what the network makes of them, what may differ, a script that checks it in the program that the file is for,
/// and a script that builds and trains the same network with Keras.
/// </summary>
internal sealed class ExportBundle(string checkpointId, ExportedModel model, LoadedNetwork loaded, ExportOptions options, JobRecordText? job, JsonObject? measured, ComputePool pool)
{
    /// <summary>Share of the largest output by which another program's may differ: float32 sums in another order.</summary>
    private const double Tolerance = 1e-5;

    private const int Samples = 4;

    private string FileName => "model" + CheckpointExporter.Extension(options.Format);

    /// <exception cref="ExportException">The format has nothing like one of its layers.</exception>
    public void Write(Stream target)
    {
        using var archive = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
        bool tfjs = options.Format == ExportOptions.Tfjs;
        byte[] hash = Add(archive, FileName, stream => CheckpointExporter.WriteModel(model, options.Format, stream));
        NamedArray inputs = Inputs(), outputs = Outputs(inputs, model);
        Add(archive, "golden.npz", stream => NpzFile.Write(stream, [inputs, outputs]));
        var script = new KerasScript(model, job);
        Add(archive, "train.py", script.Text());
        if (script.Rates is { Count: > 0 } rates) Add(archive, KerasScript.RatesFile, stream => NpzFile.Write(stream, rates));
        JsonObject facts = Facts(hash, inputs, outputs);
        if (tfjs)
        {
            // JavaScript reads neither ZIP nor NPZ by itself.
            KerasWriter.WriteTfjs((name, write) => Add(archive, name, write), new KerasDescription(model, old: true, tfjs: true).Make());
            Add(archive, "golden.json", Golden(inputs, outputs, facts));
            Add(archive, "check.mjs", CheckScript.Tfjs);
        }
        else if (options.Format == ExportOptions.Onnx)
        {
            Add(archive, "golden.json", Golden(inputs, outputs, facts));
            Add(archive, "check.mjs", CheckScript.OnnxNode);
            Add(archive, "check.py", CheckScript.Text(options.Format, FileName));
        }
        else
        {
            Add(archive, "check.py", CheckScript.Text(options.Format, FileName));
        }
        Add(archive, "bundle.json", facts.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
        Add(archive, "README.md", Readme());
    }

    /// <summary>Numbers from -1 to 1 by the rule ((i · 7919 div 13) mod 256) / 127.5 - 1 over all of them; for a network that begins by looking up, numbers that are in its table.</summary>
    private NamedArray Inputs()
    {
        int[] shape = [.. model.Network.InputShape.Axes];
        long size = model.Network.InputShape.Size;
        double? table = model.Definition.Nodes[0].Value.Descriptor.Name == "embedding" ? model.Definition.Nodes[0].Value.Arguments.Integer("input_dim") : null;
        float[] values = new float[Samples * size];
        for (long i = 0; i < values.Length; i++)
        {
            long v = i * 7919 / 13 % 256;
            values[i] = table is { } entries ? (float)(v % entries) : (float)((v / 127.5) - 1);
        }
        return new NamedArray("x", [Samples, .. shape.Select(n => (long)n)], values);
    }

    private NamedArray Outputs(NamedArray inputs, ExportedModel model)
    {
        using var state = new NetworkState(model.Network);
        foreach (Parameter parameter in state.Parameters) parameter.Write(model.Tensors[parameter.Name].ToSingles());
        float[] outputs = new float[Samples * model.Network.OutputShape.Size];
        using ComputeTeam team = pool.LeaseBeside();
        using var session = new InferenceSession(state, Samples, team);
        session.Predict(new FloatRows(inputs.ToSingles(), (int)model.Network.InputShape.Size), [0, 1, 2, 3], outputs);
        return new NamedArray("y", [Samples, .. model.Network.OutputShape.Axes.Select(n => (long)n)], outputs);
    }

    private static string Golden(NamedArray inputs, NamedArray outputs, JsonObject facts)
        => new JsonObject { ["x"] = Numbers(inputs), ["shape"] = Axes(inputs), ["y"] = Numbers(outputs), ["tolerance"] = facts["golden"]!["tolerance"]!.DeepClone() }.ToJsonString();

    private static JsonArray Numbers(NamedArray array) => [.. array.ToSingles().Select(n => (JsonNode?)n)];

    private static JsonArray Axes(NamedArray array) => [.. array.Shape.Select(n => (JsonNode?)n)];

    private JsonObject Facts(byte[] hash, NamedArray inputs, NamedArray outputs)
    {
        float[] values = outputs.ToSingles();
        double largest = values.Length == 0 ? 0 : values.Max(Math.Abs);
        var tensors = new JsonArray();
        foreach (NamedArray tensor in model.Stored)
            tensors.Add(new JsonObject
            {
                ["name"] = tensor.Name, ["shape"] = Axes(tensor), ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(tensor.Bytes)),
            });
        var facts = new JsonObject
        {
            ["checkpoint"] = checkpointId, ["format"] = options.Format, ["precision"] = options.Precision,
            ["file"] = new JsonObject { ["name"] = FileName, ["sha256"] = Convert.ToHexStringLower(hash) },
            ["golden"] = new JsonObject { ["file"] = "golden.npz", ["inputs"] = "x", ["outputs"] = "y", ["tolerance"] = Math.Max(largest, 1e-3) * Tolerance },
            ["parameters"] = model.Network.ParameterCount,
            ["tensor_bytes"] = model.Stored.Sum(t => t.Count * t.Type.Size()), ["float32_bytes"] = model.Network.ParameterCount * 4,
            ["class_names"] = loaded.Metadata.ClassNames is { } names ? new JsonArray([.. names.Select(n => (JsonNode?)n)]) : null,
            ["preprocessing"] = loaded.Metadata.Preprocessing?.DeepClone(),
            ["tensors"] = tensors,
        };
        if (model.Folding is { } folding)
        {
            facts["batch_normalization"] = folding.ToJson();
            facts["batch_normalization"]!["largest_difference"] = Difference(ExportedModel.Of(loaded, half: false, fold: true), ExportedModel.Of(loaded, half: false));
        }
        if (!options.IsRounded) return facts;
        facts["precision_loss"] = new JsonObject
        {
            ["largest_difference"] = Difference(model, ExportedModel.Of(loaded, half: false, options.FoldBatchNormalization)), ["of_outputs_up_to"] = largest, ["measured"] = measured,
        };
        return facts;

        double Difference(ExportedModel one, ExportedModel other) => Outputs(inputs, one).ToSingles().Zip(Outputs(inputs, other).ToSingles()).Max(p => Math.Abs((double)p.First - p.Second));
    }

    private bool IsKeras => options.Format is ExportOptions.Keras or ExportOptions.Hdf5;

    private string Readme() => $"""
        # {checkpointId} as {options.Format}

        - `{FileName}`: the model{(options.Format == ExportOptions.Onnx ? $", operators of version {OnnxExport.Opset}, any batch, inputs and outputs with channels last" : IsKeras || options.Format == ExportOptions.Tfjs ? "" : "'s tensors, named layer/role, kernels as Keras lays them out")}{(options.Half ? ", its weights rounded to 16-bit floats" : options.EightBits ? $", its {model.Quantized.Count} kernels in 8 bits with a scale for each output channel (kernel = int8 · scale{(options.Format == ExportOptions.Onnx ? ", by DequantizeLinear, before matrix products by Cast and Mul" : ", `layer/kernel` and `layer/kernel_scale`")}), the rest in 32" : "")}.{Folded()}
        - `golden.npz`: inputs `x` and what the service's own engine makes of them, `y`. `bundle.json` says how much another program may differ.
        - `check.{(options.Format == ExportOptions.Tfjs ? "mjs" : options.Format == ExportOptions.Onnx ? "mjs` and `check.py" : "py")}`: does the check. `train.py`: builds the network with Keras{(job is null ? "" : ", and trains it as the job did")}.

        Inputs are what the network itself takes. {(loaded.Metadata.Preprocessing is null ? "" : "What was fitted to the training data and is done before (`preprocessing` in `bundle.json`) is not part of the file.")}
        """ + "\n";

    private string Folded() => model.Folding is { } folding
        ? $" Of its batch normalizations {folding.Folded.Count} are folded into the layers before them and {folding.Kept.Count} stayed (`batch_normalization` in `bundle.json`): it is for predicting, no longer for training." : "";

    private static void Add(ZipArchive archive, string name, string text) => Add(archive, name, stream => stream.Write(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"))));

    private static byte[] Add(ZipArchive archive, string name, Action<Stream> write)
    {
        ZipArchiveEntry entry = archive.CreateEntry(name, CompressionLevel.Fastest);
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var hash = SHA256.Create();
        using (Stream stream = entry.Open())
        using (var hashed = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
            write(hashed);
        return hash.Hash!;
    }
}
