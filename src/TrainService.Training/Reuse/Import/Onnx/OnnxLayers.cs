using System.Text;
using System.Text.Json.Nodes;
using TrainService.Formats;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>The layers and tensors that a graph becomes, as they are gathered; turns what one layer puts out into what the next one takes.</summary>
internal sealed class OnnxLayers
{
    /// <summary>As many as a functional model may have.</summary>
    private const int Most = 4096;

    /// <summary>Bytes of weights that a file need not hold, because all their numbers are one.</summary>
    private const long MostUniform = 1L << 30;

    private const int MostAxes = 8, MostLength = 100;

    private readonly List<(string Name, string Type, JsonObject Json, string[] Inputs)> _layers = [];
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);
    private readonly List<(string Layer, SourceTensor Tensor)> _tensors = [];
    private long _uniform;

    /// <summary>Adds a layer and returns its name, which is the wanted one with what may not stand in a name replaced, and a number where it is taken.</summary>
    public string Add(string type, string wanted, JsonObject arguments, params string[] inputs)
    {
        if (_layers.Count == Most) throw new OnnxRefusal("too_large", $"The graph becomes more than {Most} layers.");
        string name = Free(wanted, type);
        _byName.Add(name, _layers.Count);
        var json = new JsonObject { ["type"] = type, ["name"] = name };
        foreach ((string key, JsonNode? value) in arguments)
        {
            if (value is JsonValue number && ((number.TryGetValue(out double d) && !double.IsFinite(d)) || (number.TryGetValue(out float f) && !float.IsFinite(f))))
                throw new OnnxRefusal("not_finite", $"The node that becomes '{name}' has a {key} that is no finite number.");
            json[key] = value?.DeepClone();
        }
        if (inputs.Length > 0) json["inputs"] = new JsonArray([.. inputs.Select(i => (JsonNode?)i)]);
        _layers.Add((name, type, json, inputs));
        return name;
    }

    /// <summary>Gives a layer a tensor.</summary>
    /// <param name="source">The file's numbers.</param>
    /// <param name="read">Those numbers as the layer has them.</param>
    /// <param name="change">What was done to them, in words.</param>
    public void Weight(string layer, string role, OnnxConstant source, IReadOnlyList<long> shape, Func<float[]> read, string? change = null)
    {
        string target = $"{layer}/{role}";
        if (source.IsUniform && (_uniform += source.Count * sizeof(float)) > MostUniform)
            throw new OnnxRefusal("too_large", $"The file asks for more than {MostUniform:N0} bytes of weights that it does not hold ('{ArrayFormatException.Printable(source.From)}').");
        _tensors.Add((layer, new SourceTensor(source.From, target, () => new NamedArray(target, shape, read()), change)));
    }

    /// <summary>A tensor whose numbers are all the same and stand in no file.</summary>
    public void Made(string layer, string role, int length, float value)
        => _tensors.Add((layer, new SourceTensor("(no tensor of the file)", $"{layer}/{role}", () =>
        {
            float[] values = new float[length];
            Array.Fill(values, value);
            return new NamedArray(role, [length], values);
        }, $"all {value}")));

    public JsonObject Json(string layer) => _layers[_byName[layer]].Json;

    public string Type(string layer) => _layers[_byName[layer]].Type;

    /// <summary>The value with its numbers in the wanted axes: reshaped, its axes put in order, reshaped again, as far as needed.</summary>
    /// <param name="wanted">All parts of the value, each once.</param>
    public OnnxValue Lay(OnnxValue value, IReadOnlyList<OnnxPart[]> wanted)
    {
        if (value.LiesAs(wanted)) return value;
        OnnxPart[] now = [.. value.Ours.SelectMany(a => a)], then = [.. wanted.SelectMany(a => a)];
        string layer = value.Layer;
        if (!now.SequenceEqual(then))
        {
            List<OnnxPart[]> runs = Runs(now, then);
            if (runs.Count > MostAxes) throw new OnnxRefusal("no_equivalent", $"What '{layer}' puts out would have to be turned along {runs.Count} axes; permute turns {MostAxes}.");
            layer = Reshape(layer, value.Ours, runs);
            OnnxPart[][] turned = [.. runs.OrderBy(r => Array.IndexOf(then, r[0]))];
            layer = Add("permute", $"{value.Layer}_turned", new JsonObject { ["dims"] = new JsonArray([.. turned.Select(r => (JsonNode?)(runs.IndexOf(r) + 1))]) }, layer);
            return value with { Layer = Reshape(layer, turned, wanted), Ours = wanted };
        }
        return value with { Layer = Reshape(layer, value.Ours, wanted), Ours = wanted };
    }

    /// <summary>Channels last, as the layers for images and sequences take them.</summary>
    public OnnxValue AsImage(OnnxValue value) => Lay(value, [.. value.Axes.Skip(1), value.Axes[0]]);

    /// <summary>The value with each of ONNX's axes as one of its own or as none (size 1), in whatever order.</summary>
    public OnnxValue Plain(OnnxValue value)
    {
        OnnxPart[][] axes = [.. value.Axes.Where(a => a.Length > 0)];
        OnnxPart[] now = [.. value.Ours.SelectMany(a => a)];
        bool whole = axes.All(a => Array.IndexOf(now, a[0]) is var at && at + a.Length <= now.Length && now.AsSpan(at, a.Length).SequenceEqual(a));
        OnnxPart[][] order = whole ? [.. axes.OrderBy(a => Array.IndexOf(now, a[0]))] : axes;
        // Axes of size 1 among the others do no harm.
        if (!whole || !value.Ours.Where(a => a.Length > 0).Select(a => a.Length).SequenceEqual(order.Select(a => a.Length))) value = Lay(value, order);
        Dictionary<OnnxPart, OnnxPart[]> merged = axes.ToDictionary(a => a[0], a => OnnxValue.Axis(OnnxValue.Size(a)));
        return value with { Axes = [.. value.Axes.Select(a => a.Length == 0 ? a : merged[a[0]])], Ours = [.. value.Ours.Select(a => a.Length == 0 ? a : merged[a[0]])] };
    }

    /// <summary>The model as JSON, and the tensors of it: only what leads to an output.</summary>
    public (JsonObject Model, IReadOnlyList<SourceTensor> Tensors) Finish(IReadOnlyList<string> outputs)
    {
        HashSet<string> used = new(outputs, StringComparer.Ordinal);
        for (int i = _layers.Count - 1; i >= 0; i--)
            if (used.Contains(_layers[i].Name)) used.UnionWith(_layers[i].Inputs);
        var layers = new JsonArray([.. _layers.Where(l => used.Contains(l.Name) || l.Type == "input").Select(l => (JsonNode?)l.Json)]);
        return (new JsonObject { ["type"] = "functional", ["layers"] = layers, ["outputs"] = new JsonArray([.. outputs.Select(o => (JsonNode?)o)]) },
            [.. _tensors.Where(t => used.Contains(t.Layer)).Select(t => t.Tensor)]);
    }

    public static JsonArray Numbers(IEnumerable<int> values) => [.. values.Select(n => (JsonNode?)n)];

    /// <summary>The longest stretches of parts that follow each other in both orders.</summary>
    private static List<OnnxPart[]> Runs(OnnxPart[] now, OnnxPart[] then)
    {
        List<OnnxPart[]> runs = [];
        List<OnnxPart> run = [];
        foreach (OnnxPart part in now)
        {
            if (run.Count > 0 && !(Array.IndexOf(then, run[^1]) is var at && at + 1 < then.Length && then[at + 1] == part))
            {
                runs.Add([.. run]);
                run.Clear();
            }
            run.Add(part);
        }
        runs.Add([.. run]);
        return runs;
    }

    private string Reshape(string layer, IReadOnlyList<OnnxPart[]> from, IReadOnlyList<OnnxPart[]> to)
    {
        int[] before = [.. from.Select(OnnxValue.Size)], after = [.. to.Select(OnnxValue.Size)];
        if (before.SequenceEqual(after)) return layer;
        if (after.Length == 1) return Add("flatten", $"{layer}_flat", [], layer);
        return Add("reshape", $"{layer}_shaped", new JsonObject { ["target_shape"] = Numbers(after) }, layer);
    }

    private string Free(string wanted, string type)
    {
        var clean = new StringBuilder(Math.Min(wanted.Length, MostLength));
        foreach (char c in wanted.AsSpan(0, Math.Min(wanted.Length, MostLength - 8)))
            clean.Append(char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' ? c : '_');
        string name = clean.ToString().Trim('_');
        if (name.Length == 0) name = type;
        string free = name;
        for (int i = 1; _byName.ContainsKey(free); i++) free = $"{name}_{i}";
        return free;
    }
}
