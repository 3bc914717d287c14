using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Formats.Hdf5;

namespace TrainService.Formats.Keras;

/// <summary>
/// Writes what Keras opens: <c>.keras</c> (version 3) and whole-model <c>.h5</c> (which both versions read). The same model gives the same bytes.
/// Source: keras/src/saving/saving_lib.py and keras/src/legacy/saving/legacy_h5_format.py.
/// </summary>
public static class KerasWriter
{
    /// <summary>The version whose files these are.</summary>
    public const string Version = "3.15.1";

    /// <summary>The version whose form of a description the older file has; Keras 3 reads it as well.</summary>
    public const string OldVersion = "2.15.0";

    // ZIP knows no earlier time, and a file that says when it was made is another one each time.
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A <c>.keras</c> archive: metadata.json, config.json and model.weights.h5, stored as they are.</summary>
    public static void WriteArchive(Stream stream, KerasModel model)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Add(archive, "metadata.json", target => target.Write(Text(new JsonObject { ["keras_version"] = Version, ["date_saved"] = "1980-01-01@00:00:00" })));
        Add(archive, "config.json", target => target.Write(Text(model.Description)));
        Add(archive, "model.weights.h5", target => WriteWeights(target, model));
    }

    /// <summary>The weights alone: a <c>.weights.h5</c>.</summary>
    public static void WriteWeights(Stream stream, KerasModel model)
    {
        var root = new Hdf5Content();
        var counter = new KerasCounter();
        foreach (KerasLayer layer in model.Layers)
        {
            Hdf5Content vars = root.Group($"layers/{counter.Next(layer.ClassName)}/vars");
            vars.Text("name", layer.Name);
            for (int i = 0; i < layer.Tensors.Count; i++) vars.Add($"{i}", layer.Tensors[i]);
        }
        root.Group("vars").Text("name", model.Description["config"]?["name"]?.GetValue<string>() ?? "model");
        Hdf5Writer.Write(stream, root);
    }

    /// <summary>A whole-model <c>.h5</c>. The description must be in the older form.</summary>
    public static void WriteHdf5(Stream stream, KerasModel model)
    {
        var root = new Hdf5Content();
        root.Text("model_config", Encoding.UTF8.GetString(Text(model.Description)));
        root.Text("keras_version", OldVersion);
        root.Text("backend", "tensorflow");
        Hdf5Content weights = root.Group("model_weights");
        weights.Text("keras_version", OldVersion);
        weights.Text("backend", "tensorflow");
        weights.Texts("layer_names", [.. model.Layers.Select(l => l.Name)]);
        foreach (KerasLayer layer in model.Layers)
        {
            Hdf5Content group = weights.Group(layer.Name);
            group.Texts("weight_names", [.. layer.Tensors.Select(t => NameOf(layer, t))]);
            foreach (NamedArray tensor in layer.Tensors) group.Add(NameOf(layer, tensor), tensor);
        }
        weights.Group("top_level_model_weights").Texts("weight_names", []);
        Hdf5Writer.Write(stream, root);
    }

    /// <summary>
    /// A model of TensorFlow.js (Layers format) as one archive: model.json and a single shard. The description must be in the older form.
    /// </summary>
    public static void WriteTfjs(Stream stream, KerasModel model)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        WriteTfjs((name, write) => Add(archive, name, write), model);
    }

    /// <summary>The same, file by file.</summary>
    /// <param name="add">Called with each file's name and what writes it.</param>
    public static void WriteTfjs(Action<string, Action<Stream>> add, KerasModel model)
    {
        const string shard = "group1-shard1of1.bin";
        var weights = new JsonArray();
        foreach (KerasLayer layer in model.Layers)
            foreach (NamedArray tensor in layer.Tensors) weights.Add(Weight($"{layer.Name}/{tensor.Name}", tensor));
        var json = new JsonObject
        {
            ["format"] = "layers-model", ["generatedBy"] = $"keras v{OldVersion}", ["convertedBy"] = null,
            ["modelTopology"] = new JsonObject { ["keras_version"] = OldVersion, ["backend"] = "tensorflow", ["model_config"] = model.Description.DeepClone() },
            ["weightsManifest"] = new JsonArray(new JsonObject { ["paths"] = new JsonArray(shard), ["weights"] = weights }),
        };
        add("model.json", target => target.Write(Text(json)));
        add(shard, target =>
        {
            foreach (NamedArray tensor in model.Layers.SelectMany(l => l.Tensors)) target.Write(tensor.Bytes);
        });
    }

    // 16-bit floats are a way of packing there: the tensor itself counts as float32.
    private static JsonObject Weight(string name, NamedArray tensor)
    {
        var weight = new JsonObject { ["name"] = name, ["shape"] = new JsonArray([.. tensor.Shape.Select(n => (JsonNode?)n)]), ["dtype"] = "float32" };
        if (tensor.Type == ArrayType.Float16) weight["quantization"] = new JsonObject { ["dtype"] = "float16" };
        return weight;
    }

    private static string NameOf(KerasLayer layer, NamedArray tensor) => $"{layer.Name}/{tensor.Name}:0";

    private static byte[] Text(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString(JsonSerializerOptions.Default));

    private static void Add(ZipArchive archive, string name, Action<Stream> write)
    {
        ZipArchiveEntry entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = NoTime;
        using Stream target = entry.Open();
        write(target);
    }
}
