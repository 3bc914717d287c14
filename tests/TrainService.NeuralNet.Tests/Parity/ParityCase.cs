using System.Text.Json;
using TrainService.Formats;
using TrainService.Formats.Npy;

namespace TrainService.NeuralNet.Tests.Parity;

/// <summary>A training that Keras 3.15.1 did (torch backend, float32): what it was given, and what came out.</summary>
internal sealed class ParityCase
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Parity", "cases");

    private ParityCase(string name)
    {
        Name = name;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, name, "case.json")));
        Json = document.RootElement.Clone();
        (Data, Init, Expected) = (Arrays("data.npz"), Arrays("init.npz"), Arrays("expected.npz"));
    }

    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.EnumerateDirectories(Folder).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    public string Name { get; }

    /// <summary>The configuration, in Keras's words.</summary>
    public JsonElement Json { get; }

    /// <summary>x, y, and sometimes x_val, y_val, sample_weight.</summary>
    public IReadOnlyDictionary<string, NamedArray> Data { get; }

    /// <summary>Start weights by "layer/role".</summary>
    public IReadOnlyDictionary<string, NamedArray> Init { get; }

    /// <summary>What Keras got.</summary>
    public IReadOnlyDictionary<string, NamedArray> Expected { get; }

    public int BatchSize => Json.GetProperty("batch_size").GetInt32();

    public int Epochs => Json.GetProperty("epochs").GetInt32();

    public IEnumerable<JsonElement> Layers => Json.GetProperty("model").GetProperty("layers").EnumerateArray();

    public static ParityCase Load(string name) => new(name);

    public JsonElement? Find(string key)
        => Json.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private Dictionary<string, NamedArray> Arrays(string file)
    {
        using FileStream stream = File.OpenRead(Path.Combine(Folder, Name, file));
        return NpzFile.Read(stream).ToDictionary(a => a.Name, StringComparer.Ordinal);
    }
}
