using System.Text.Json;
using TrainService.Formats.Zip;

namespace TrainService.Formats.Keras;

/// <summary>
/// A model of TensorFlow.js in the Layers format: <c>model.json</c> describes it as Keras does and lists groups of weights; each group's numbers follow each
/// other in its shards. Weights kept in 8 or 16 bits become floats again: q · scale + min.
/// Source: tfjs-core/src/io/types.ts and weights_loader of the TensorFlow.js project.
/// </summary>
public sealed class TfjsModel
{
    private const string FileName = "model.json";

    private readonly ZipArchiveReader _archive;
    private readonly FormatLimits _limits;
    private readonly string _file, _folder;
    private readonly JsonElement _manifest;
    private long _bytes;

    internal TfjsModel(ZipArchiveReader archive, FormatLimits limits, string file)
    {
        (_archive, _limits, _file) = (archive, limits, file);
        ZipEntry entry = archive.Entries.FirstOrDefault(IsModel) ?? throw new ArrayFormatException(file, null, $"the archive has no {FileName}: it holds no model of TensorFlow.js");
        _folder = entry.Name[..^FileName.Length];
        JsonElement root = Parse(Bytes(entry, limits.MaxHeaderBytes));
        JsonElement topology = Member(root, "modelTopology") ?? throw Problem("it has no modelTopology: only the Layers format is read, not graph models");
        JsonElement config = Member(topology, "model_config") ?? topology;
        if (Member(config, "class_name") is null) throw Problem("its modelTopology is no description of layers: only the Layers format is read, not graph models");
        Topology = config.GetRawText();
        Training = Member(topology, "training_config") is { ValueKind: JsonValueKind.Object } training ? training.GetRawText() : null;
        KerasVersion = Text(Member(topology, "keras_version"));
        _manifest = Member(root, "weightsManifest") is { ValueKind: JsonValueKind.Array } manifest ? manifest : throw Problem("it has no weightsManifest");
    }

    /// <summary>The model as Keras describes it.</summary>
    public string Topology { get; }

    public string? Training { get; }

    public string? KerasVersion { get; }

    /// <summary>True when the archive holds a model.json.</summary>
    public static bool IsTfjs(ZipArchiveReader archive) => archive.Entries.Any(IsModel);

    /// <summary>All tensors, in memory; together within the limit.</summary>
    public List<KerasTensor> ReadTensors()
    {
        var tensors = new List<KerasTensor>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonElement group in _manifest.EnumerateArray())
        {
            byte[] data = Shards(group);
            int at = 0;
            foreach (JsonElement weight in List(group, "weights"))
            {
                NamedArray array = Read(weight, data, ref at);
                if (!names.Add(array.Name)) throw Problem($"two weights are named '{ArrayFormatException.Printable(array.Name)}'");
                if (names.Count > _limits.MaxArrays) throw Problem($"there are more than {_limits.MaxArrays:N0} weights");
                tensors.Add(new KerasTensor(array.Name, () => array));
            }
            if (at != data.Length) throw Problem($"the shards of a group have {data.Length:N0} bytes, its weights take {at:N0}");
        }
        return tensors;
    }

    private static bool IsModel(ZipEntry entry) => entry.Name == FileName || entry.Name.EndsWith("/" + FileName, StringComparison.Ordinal);

    private byte[] Shards(JsonElement group)
    {
        var data = new MemoryStream();
        foreach (JsonElement path in List(group, "paths"))
        {
            string name = Text(path) ?? throw Problem("a path is no text");
            ZipEntry entry = _archive.Entries.FirstOrDefault(e => e.Name == _folder + name) ?? throw Problem($"the archive lacks the shard '{ArrayFormatException.Printable(name)}'");
            // A shard that is named again and again would be read again and again.
            _bytes += entry.Length;
            if (_bytes > _limits.MaxBytes) throw Problem($"the shards take more than the limit of {_limits.MaxBytes:N0} bytes");
            data.Write(Bytes(entry, _limits.MaxBytes));
        }
        return data.ToArray();
    }

    private NamedArray Read(JsonElement weight, byte[] data, ref int at)
    {
        string name = Text(Member(weight, "name")) ?? throw Problem("a weight has no name");
        long[] shape = [.. List(weight, "shape").Select(n => n.ValueKind == JsonValueKind.Number && n.TryGetInt64(out long size) ? size : -1)];
        JsonElement? packing = Member(weight, "quantization") is { ValueKind: JsonValueKind.Object } given ? given : null;
        ArrayType type = TypeOf(Text(Member(weight, "dtype")), name), stored = packing is { } p ? TypeOf(Text(Member(p, "dtype")), name) : type;
        long bytes = ArrayShape.Bytes(shape, stored, _limits, _file, name, null);
        if (bytes > data.Length - at) throw Problem($"the shards end within '{ArrayFormatException.Printable(name)}'");
        var array = new NamedArray(name, stored, shape, data.AsMemory(at, (int)bytes));
        at += (int)bytes;
        if (packing is not { } how || stored.IsFloat()) return array;
        (double scale, double min) = (Number(how, "scale") ?? 1, Number(how, "min") ?? 0);
        float[] values = array.ToSingles();
        for (int i = 0; i < values.Length; i++) values[i] = (float)((values[i] * scale) + min);
        return new NamedArray(name, shape, values);
    }

    private ArrayType TypeOf(string? name, string weight) => name switch
    {
        "float32" => ArrayType.Float32,
        "float16" => ArrayType.Float16,
        "int32" => ArrayType.Int32,
        "uint8" => ArrayType.UInt8,
        "uint16" => ArrayType.UInt16,
        "bool" => ArrayType.Bool,
        _ => throw Problem($"'{ArrayFormatException.Printable(weight)}' has elements of the kind '{ArrayFormatException.Printable(name ?? "none")}', which are no numbers that are read here"),
    };

    private byte[] Bytes(ZipEntry entry, long limit)
    {
        if (entry.Length > Math.Min(limit, Array.MaxLength)) throw Problem($"'{ArrayFormatException.Printable(entry.Name)}' has {entry.Length:N0} bytes, more than the limit of {Math.Min(limit, Array.MaxLength):N0}");
        byte[] bytes = new byte[entry.Length];
        using Stream stream = _archive.OpenEntry(entry);
        StreamReading.Fill(stream, bytes, _file, entry.Name, null, "an entry");
        StreamReading.ExpectEnd(stream, _file, entry.Name, null);
        return bytes;
    }

    private JsonElement Parse(byte[] json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 256 });
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new ArrayFormatException(_file, FileName, "the text is no valid JSON", null, e);
        }
    }

    private JsonElement.ArrayEnumerator List(JsonElement json, string name)
        => Member(json, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : throw Problem($"a group or weight has no list '{name}'");

    private static double? Number(JsonElement json, string name) => Member(json, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double number) ? number : null;

    private static JsonElement? Member(JsonElement json, string name)
    {
        try
        {
            return json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            // A name beside it that is no valid text.
            return null;
        }
    }

    private static string? Text(JsonElement? json)
    {
        try
        {
            return json is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private ArrayFormatException Problem(string what) => new(_file, FileName, what);
}
