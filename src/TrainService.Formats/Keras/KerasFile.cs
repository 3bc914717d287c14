using System.Text;
using System.Text.Json;
using TrainService.Formats.Hdf5;
using TrainService.Formats.Zip;

namespace TrainService.Formats.Keras;

/// <summary>
/// What Keras saves: whole models as <c>.h5</c> (version 2 and later) or <c>.keras</c> (version 3), weights alone as <c>.h5</c> or <c>.weights.h5</c>.
/// Only descriptions and numbers are read; nothing in a file is ever executed.
/// Source: keras/src/saving/saving_lib.py and keras/src/legacy/saving/legacy_h5_format.py.
/// </summary>
public sealed class KerasFile
{
    private const string Config = "config.json", Metadata = "metadata.json", Weights = "model.weights.h5", Layers = "layers", Vars = "vars",
        OldLayers = "_layer_checkpoint_dependencies", ModelWeights = "model_weights", LayerNames = "layer_names", WeightNames = "weight_names";

    private readonly FormatLimits _limits;
    private readonly string _file;

    private KerasFile(FormatLimits limits, string file) => (_limits, _file) = (limits, file);

    /// <summary>The model as <c>to_json()</c> prints it; null when the file holds weights alone.</summary>
    public string? ModelJson { get; private set; }

    /// <summary>How it was compiled, as JSON; null when it was not, or when it is not said.</summary>
    public string? TrainingJson { get; private set; }

    public string? KerasVersion { get; private set; }

    public KerasLayout Layout { get; private set; }

    /// <summary>The weights of each layer, in the file's order.</summary>
    public IReadOnlyList<KerasGroup> Groups { get; private set; } = [];

    /// <summary>What is in the file besides, with the reason why it is left aside.</summary>
    public IReadOnlyList<(string Name, string Why)> Aside { get; private set; } = [];

    /// <summary>True when the archive is one that Keras saved, rather than one of NumPy's.</summary>
    public static bool IsKerasArchive(ZipArchiveReader archive) => archive.Entries.Any(e => e.Name is Config or Metadata or Weights);

    /// <summary>A <c>.h5</c> or <c>.weights.h5</c>. The stream must stay open while numbers are read.</summary>
    public static KerasFile OpenHdf5(Stream stream, FormatLimits? limits = null, string file = "model.h5")
    {
        var read = new KerasFile(limits ?? FormatLimits.Default, file);
        read.ReadHdf5(Hdf5File.Open(stream, read._limits, file));
        return read;
    }

    /// <summary>A <c>.keras</c> archive. Its weights are unpacked into memory.</summary>
    public static KerasFile OpenArchive(ZipArchiveReader archive, FormatLimits? limits = null, string file = "model.keras")
    {
        var read = new KerasFile(limits ?? FormatLimits.Default, file);
        if (archive.Entries.FirstOrDefault(e => e.Name == Metadata) is { } metadata) read.KerasVersion = Member(read.Parse(read.Text(archive, metadata), Metadata), "keras_version");
        if (archive.Entries.FirstOrDefault(e => e.Name == Config) is not { } config)
            throw new ArrayFormatException(file, null, $"the archive has no {Config}: it holds no model");
        read.ModelJson = read.Text(archive, config);
        read.TrainingJson = Raw(read.Parse(read.ModelJson, Config), "compile_config");
        if (archive.Entries.FirstOrDefault(e => e.Name == Weights) is not { } weights)
            throw new ArrayFormatException(file, null, $"the archive has no {Weights}{(archive.Entries.Any(e => e.Name.EndsWith(".weights.npz", StringComparison.Ordinal)) ? "; weights as NPZ are not read: save with weights_format=\"h5\"" : "")}");
        read.ReadHdf5(Hdf5File.Open(new MemoryStream(read.Bytes(archive, weights, read._limits.MaxBytes)), read._limits, $"{file}/{Weights}"));
        read.Aside = [.. read.Aside, .. archive.Entries.Where(e => e.Name is not (Config or Metadata or Weights)).Select(e => (e.Name, "files of layers that look things up are not taken over"))];
        return read;
    }

    /// <summary>A model of TensorFlow.js (Layers format): <c>model.json</c> and its shards in one archive.</summary>
    public static KerasFile OpenTfjs(ZipArchiveReader archive, FormatLimits? limits = null, string file = "model.zip")
    {
        var read = new KerasFile(limits ?? FormatLimits.Default, file) { Layout = KerasLayout.Flat };
        var model = new TfjsModel(archive, read._limits, file);
        (read.ModelJson, read.TrainingJson, read.KerasVersion) = (model.Topology, model.Training, model.KerasVersion);
        read.Groups = [new KerasGroup("", null, model.ReadTensors())];
        return read;
    }

    private void ReadHdf5(Hdf5Group root)
    {
        if (root.Group(ModelWeights) is { } weights)
        {
            ModelJson ??= root.Attributes.Text("model_config");
            TrainingJson = root.Attributes.Has("training_config") ? root.Attributes.Text("training_config") : null;
            KerasVersion = root.Attributes.Text("keras_version");
            ReadNamed(weights);
            Leave(root, ModelWeights);
        }
        else if (root.Attributes.LongTexts(LayerNames) is not null)
        {
            KerasVersion = root.Attributes.Text("keras_version");
            ReadNamed(root);
        }
        else if (root.Group(Layers) is not null || root.Group(OldLayers) is not null || root.Group(Vars) is not null)
        {
            Layout = KerasLayout.Numbered;
            var groups = new List<KerasGroup>();
            ReadNumbered(root, groups);
            Groups = groups;
            Leave(root, Layers, OldLayers, Vars);
        }
        else
        {
            throw new ArrayFormatException(_file, null, $"this HDF5 file is none that Keras saved: it has neither {ModelWeights}, nor {LayerNames}, nor {Layers}. "
                + $"It has: {string.Join(", ", root.Members.Take(20).Select(m => ArrayFormatException.Printable(m.Name)))}");
        }
    }

    /// <summary>Names of layers, and for each names of its tensors in their order, as attributes.</summary>
    private void ReadNamed(Hdf5Group weights)
    {
        IReadOnlyList<string> names = weights.Attributes.LongTexts(LayerNames) ?? throw new ArrayFormatException(_file, weights.Path, $"the attribute {LayerNames} is missing");
        var groups = new List<KerasGroup>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (!seen.Add(name)) throw new ArrayFormatException(_file, name, "two layers have this name");
            Hdf5Group layer = weights.Group(name) ?? throw new ArrayFormatException(_file, name, "the layer is named, but its group is missing");
            groups.Add(new KerasGroup(name, name, Tensors(layer)));
        }
        // Keras 3 puts variables of the model itself here; models of plain layers have none.
        if (weights.Group("top_level_model_weights") is { } own) Aside = [.. Aside, .. Tensors(own).Select(t => (t.Name, "a variable of the model itself, in no layer"))];
        Groups = groups;
    }

    private List<KerasTensor> Tensors(Hdf5Group layer)
    {
        var tensors = new List<KerasTensor>();
        foreach (string name in layer.Attributes.LongTexts(WeightNames) ?? throw new ArrayFormatException(_file, layer.Path, $"the attribute {WeightNames} is missing"))
            tensors.Add(new KerasTensor(name, (layer.Dataset(name) ?? throw new ArrayFormatException(_file, $"{layer.Path}/{name}", "the tensor is named, but not there")).Read));
        return tensors;
    }

    /// <summary>Every group with vars in it, below the layers; vars are numbered.</summary>
    private static void ReadNumbered(Hdf5Group group, List<KerasGroup> groups)
    {
        foreach (Hdf5Group inner in group.Members.OfType<Hdf5Group>())
        {
            if (group.Path.Length == 0 && inner.Name is not (Layers or OldLayers)) continue;
            if (inner.Name != Vars)
            {
                ReadNumbered(inner, groups);
                continue;
            }
            KerasTensor[] tensors = [.. inner.Members.OfType<Hdf5Dataset>().OrderBy(d => d.Name.Length).ThenBy(d => d.Name, StringComparer.Ordinal).Select(d => new KerasTensor(d.Path, d.Read))];
            string path = group.Path.StartsWith(OldLayers, StringComparison.Ordinal) ? Layers + group.Path[OldLayers.Length..].Replace($"/{OldLayers}/", $"/{Layers}/", StringComparison.Ordinal) : group.Path;
            if (tensors.Length > 0) groups.Add(new KerasGroup(path, inner.Attributes.Has("name") ? inner.Attributes.Text("name") : null, tensors));
        }
    }

    private void Leave(Hdf5Group root, params string[] read)
        => Aside = [.. Aside, .. root.Members.Where(m => !read.Contains(m.Name)).Select(m => (m.Name, m.Name.StartsWith("optimizer", StringComparison.Ordinal)
            ? "the optimizer's state is not taken over: training from here starts with a new one" : "not part of the model's layers"))];

    private string Text(ZipArchiveReader archive, ZipEntry entry)
    {
        try
        {
            return Hdf5Attributes.Utf8.GetString(Bytes(archive, entry, _limits.MaxHeaderBytes));
        }
        catch (DecoderFallbackException e)
        {
            throw new ArrayFormatException(_file, entry.Name, "the text is no valid UTF-8", null, e);
        }
    }

    private byte[] Bytes(ZipArchiveReader archive, ZipEntry entry, long limit)
    {
        if (entry.Length > Math.Min(limit, Array.MaxLength)) throw new ArrayFormatException(_file, entry.Name, $"{entry.Length:N0} bytes are more than the limit of {Math.Min(limit, Array.MaxLength):N0}");
        byte[] bytes = new byte[entry.Length];
        using Stream stream = archive.OpenEntry(entry);
        StreamReading.Fill(stream, bytes, _file, entry.Name, null, "an entry");
        StreamReading.ExpectEnd(stream, _file, entry.Name, null);
        return bytes;
    }

    private JsonElement Parse(string text, string entry)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 256 });
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new ArrayFormatException(_file, entry, "the text is no valid JSON", null, e);
        }
    }

    private static string? Member(JsonElement json, string name) => Find(json, name) is { ValueKind: JsonValueKind.String } value && value.GetRawText() is { Length: < 100 } text ? text.Trim('"') : null;

    private static string? Raw(JsonElement json, string name) => Find(json, name) is { ValueKind: JsonValueKind.Object } value ? value.GetRawText() : null;

    private static JsonElement? Find(JsonElement json, string name)
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
}

/// <summary>The tensors of one layer; in older files of one layer of the outermost model, with those of all layers in it.</summary>
/// <param name="Path">Name of the layer, or its place: <c>layers/functional/layers/conv2d</c>.</param>
/// <param name="LayerName">What the layer was called when it was saved; null when nobody says.</param>
/// <param name="Tensors">In Keras's order.</param>
public sealed record KerasGroup(string Path, string? LayerName, IReadOnlyList<KerasTensor> Tensors);

/// <param name="Name">As the file names it: <c>conv2d/kernel:0</c>, <c>sequential/conv2d/kernel</c>, or a path that ends in a number.</param>
/// <param name="Read">Its numbers. Throws <see cref="ArrayFormatException"/>.</param>
public sealed record KerasTensor(string Name, Func<NamedArray> Read);

/// <summary>How a file says which layer a tensor is for.</summary>
public enum KerasLayout
{
    /// <summary>A group for each layer of the outermost model, by its name; tensors by name within.</summary>
    Named,

    /// <summary>Version 3: groups by the layers' classes, tensors by number.</summary>
    Numbered,

    /// <summary>All tensors side by side, named by layer and role, however deep the layer lies.</summary>
    Flat,
}
