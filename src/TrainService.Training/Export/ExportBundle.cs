using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Formats;
using TrainService.Formats.Keras;
using TrainService.Formats.Npy;
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
    private string FileName => "model" + CheckpointExporter.Extension(options.Format);

    /// <exception cref="ExportException">The format has nothing like one of its layers.</exception>
    public void Write(Stream target)
    {
        using var archive = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true);
        bool tfjs = options.Format == ExportOptions.Tfjs;
        byte[] hash = Add(archive, FileName, stream => CheckpointExporter.WriteModel(model, options.Format, stream));
        GoldenArrays golden = model.Calibration is null ? GoldenArrays.Of(model, loaded, pool) : GoldenArrays.Of(model, Exact(), loaded, pool);
        Add(archive, "golden.npz", stream => NpzFile.Write(stream, [.. golden.Inputs, .. golden.Outputs]));
        // Keras has no layers that round: its script builds the network as it was trained.
        var script = new KerasScript(model.Calibration is null ? model : Exact(), job);
        Add(archive, "train.py", script.Text());
        if (script.Rates is { Count: > 0 } rates) Add(archive, KerasScript.RatesFile, stream => NpzFile.Write(stream, rates));
        JsonObject facts = Facts(hash, golden);
        if (tfjs)
        {
            // JavaScript reads neither ZIP nor NPZ by itself.
            KerasWriter.WriteTfjs((name, write) => Add(archive, name, write), new KerasDescription(model, old: true, tfjs: true).Make());
            Add(archive, "golden.json", golden.ToJson().ToJsonString());
            Add(archive, "check.mjs", CheckScript.Tfjs);
        }
        else if (options.Format == ExportOptions.Onnx)
        {
            Add(archive, "golden.json", golden.ToJson().ToJsonString());
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

    /// <summary>The network without rounding.</summary>
    private ExportedModel Exact() => ExportedModel.Of(loaded, half: false, options.FoldBatchNormalization);

    private static JsonArray Axes(NamedArray array) => [.. array.Shape.Select(n => (JsonNode?)n)];

    private static JsonArray Names(IEnumerable<NamedArray> arrays) => [.. arrays.Select(a => (JsonNode?)a.Name)];

    private JsonObject Facts(byte[] hash, GoldenArrays golden)
    {
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
            ["golden"] = new JsonObject { ["file"] = "golden.npz", ["inputs"] = Names(golden.Inputs), ["outputs"] = Names(golden.Outputs), ["tolerance"] = golden.Allowed },
            ["parameters"] = model.Network.ParameterCount,
            ["tensor_bytes"] = model.Stored.Sum(t => t.Count * t.Type.Size()), ["float32_bytes"] = model.Network.ParameterCount * 4,
            ["class_names"] = loaded.Metadata.ClassNames is { } names ? new JsonArray([.. names.Select(n => (JsonNode?)n)]) : null,
            ["preprocessing"] = loaded.Metadata.Preprocessing?.DeepClone(),
            ["tensors"] = tensors,
        };
        if (model.Folding is { } folding)
        {
            facts["batch_normalization"] = folding.ToJson();
            facts["batch_normalization"]!["largest_difference"] = GoldenArrays.Of(ExportedModel.Of(loaded, half: false), loaded, pool).DifferenceTo(Exact(), pool);
        }
        if (model.Calibration is { } calibration) facts["calibration"] = calibration.ToJson();
        if (!options.IsRounded) return facts;
        facts["precision_loss"] = new JsonObject { ["largest_difference"] = golden.DifferenceTo(Exact(), pool), ["of_outputs_up_to"] = golden.Largest, ["measured"] = measured };
        return facts;
    }

    private bool IsKeras => options.Format is ExportOptions.Keras or ExportOptions.Hdf5;

    private string Readme() => $"""
        # {checkpointId} as {options.Format}

        - `{FileName}`: the model{(options.Format == ExportOptions.Onnx ? $", operators of version {OnnxExport.Opset}, any batch, inputs and outputs with channels last" : IsKeras || options.Format == ExportOptions.Tfjs ? "" : "'s tensors, named layer/role, kernels as Keras lays them out")}{Rounded()}.{Folded()}{Calibrated()}
        - `golden.npz`: inputs {Listed(model.Ports.Inputs)} and what the service's own engine makes of them, {Listed(model.Ports.Outputs)}. `bundle.json` says how much another program may differ.
        - `check.{(options.Format == ExportOptions.Tfjs ? "mjs" : options.Format == ExportOptions.Onnx ? "mjs` and `check.py" : "py")}`: does the check. `train.py`: builds the network with Keras{(job is null ? "" : ", and trains it as the job did")}.

        Inputs are what the network itself takes. {(loaded.Metadata.Preprocessing is null ? "" : "What was fitted to the training data and is done before (`preprocessing` in `bundle.json`) is not part of the file.")}
        """ + "\n";

    private string Folded() => model.Folding is { } folding
        ? $" Of its batch normalizations {folding.Folded.Count} are folded into the layers before them and {folding.Kept.Count} stayed (`batch_normalization` in `bundle.json`): it is for predicting, no longer for training." : "";

    private static string Listed(IReadOnlyList<ExportedPort> ports) => string.Join(", ", ports.Select(p => $"`{p.Array}`"));

    private string Rounded()
    {
        if (options.Half) return ", its weights rounded to 16-bit floats";
        if (!options.EightBits) return "";
        string where = options.Format != ExportOptions.Onnx ? "`layer/kernel` and `layer/kernel_scale`" : model.Calibration is null ? "by DequantizeLinear, before matrix products by Cast and Mul" : "by DequantizeLinear";
        return $", its {model.Quantized.Count} kernels in 8 bits with a scale for each output channel (kernel = int8 · scale, {where}), the rest in 32";
    }

    private string Calibrated() => model.Calibration is { } calibration
        ? $" What kernels multiply is in 8 bits too, at {calibration.Grids.Count} places, over the ranges that {calibration.Rows.Count} rows of '{calibration.Rows.Dataset}' have there (`calibration` in `bundle.json`): QuantizeLinear and DequantizeLinear around the products, which runtimes do in whole numbers." : "";

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
