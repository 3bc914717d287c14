using System.Text.Json.Nodes;
using TrainService.Formats;
using TrainService.Formats.Onnx;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>What a file's graph is here.</summary>
/// <param name="Model">In the form of a functional model.</param>
/// <param name="Weights">Tensors of the file and the layers that they are for; also which nodes and tensors were left out, and why.</param>
/// <param name="Inputs">For each input its axes here: numbers of ONNX's axes, the batch counted as 0.</param>
/// <param name="Outputs">The same of what it puts out.</param>
internal sealed record OnnxNetwork(JsonObject Model, WeightSource Weights, IReadOnlyList<int[]> Inputs, IReadOnlyList<int[]> Outputs);

/// <summary>
/// Goes through a graph in order: what is known beforehand is worked out (<see cref="OnnxFolding"/>), every other node becomes layers
/// (<see cref="OnnxOperators"/>). Axis 0 of everything that comes in is the batch, and no sample may look at another.
/// </summary>
internal sealed class OnnxTranslation
{
    /// <summary>Stands for a batch of any size while shapes are worked out: a prime that is no size of anything.</summary>
    private const long AnyBatch = 1_000_003;

    private const int MostNodes = 50_000, MostAxes = 16, MostNumbers = 1 << 22;

    private readonly OnnxModel _model;
    private readonly Dictionary<string, OnnxValue> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxConstant> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private readonly HashSet<string> _weights = new(StringComparer.Ordinal);
    private readonly List<SkippedTensor> _notes = [];

    private OnnxTranslation(OnnxModel model) => (_model, Folding) = (model, new(model.Graph.Initializers.Sum(i => i.Count)));

    public OnnxLayers Layers { get; } = new();

    public OnnxFolding Folding { get; }

    public long Opset => _model.Opset;

    /// <summary>Samples at a time that the file is made for; <see cref="AnyBatch"/> when it leaves that open.</summary>
    public long Batch { get; private set; } = AnyBatch;

    /// <exception cref="OnnxRefusal">It can't be said with the layers that are here.</exception>
    public static OnnxNetwork Translate(OnnxModel model) => new OnnxTranslation(OnnxPatterns.Gather(model)).Run();

    public bool IsValue(string name) => _values.ContainsKey(name);

    public OnnxValue Value(string name) => _values.TryGetValue(name, out OnnxValue? value) ? value : throw Unknown(name);

    public OnnxConstant Constant(string name)
    {
        if (!_constants.TryGetValue(name, out OnnxConstant? constant)) throw Unknown(name);
        _weights.Add(name);
        return constant;
    }

    public void Set(OnnxNode node, int output, OnnxValue value)
    {
        // Rows are rows here too, without axes of size 1 around them.
        if (value.Axes.Count == 1 && value.Ours.Count > 1 && value.Ours.Count(o => o.Length > 0) <= 1) value = Layers.Lay(value, [[.. value.Ours.SelectMany(o => o)]]);
        if (output < node.Outputs.Count && node.Outputs[output].Length > 0) _values[node.Outputs[output]] = value;
    }

    public void Note(OnnxNode node, string why) => _notes.Add(new($"node {OnnxRefusal.Describe(node)}", why));

    /// <summary>Whether one node alone takes what another puts out.</summary>
    public bool IsUsedOnce(string name) => _uses.GetValueOrDefault(name) == 1;

    /// <summary>Whether a node's output is taken by anyone.</summary>
    public bool IsUsed(OnnxNode node, int output) => output < node.Outputs.Count && node.Outputs[output].Length > 0 && _uses.ContainsKey(node.Outputs[output]);

    private OnnxNetwork Run()
    {
        if (Opset is < 1 or > 24) throw new OnnxRefusal("unsupported", $"The file is of version {Opset} of ONNX's operators; 1 to 24 are read.");
        if (_model.Graph.Nodes.Count > MostNodes) throw new OnnxRefusal("too_large", $"The graph has {_model.Graph.Nodes.Count:N0} nodes; at most {MostNodes:N0} are read.");
        if (_model.Graph.Outputs.Count == 0) throw new OnnxRefusal("broken_file", "The graph puts nothing out.");
        foreach (NamedArray tensor in _model.Graph.Initializers) _constants[tensor.Name] = OnnxConstant.Of(tensor, tensor.Name);
        List<OnnxNode> nodes = Reached();
        RefuseUnknown(nodes);
        CountUses(nodes);
        var inputs = TakeInputs(nodes);
        foreach (OnnxNode node in nodes) Take(node);
        List<OnnxValue> outputs = [.. _model.Graph.Outputs.Select(PutOut)];
        if (outputs.Select(o => o.Layer).Distinct(StringComparer.Ordinal).Count() < outputs.Count) throw new OnnxRefusal("no_equivalent", "The graph puts the same out twice.");
        (JsonObject model, IReadOnlyList<SourceTensor> tensors) = Layers.Finish([.. outputs.Select(o => o.Layer)]);
        SkipRest(tensors);
        return new OnnxNetwork(model, new WeightSource(tensors, _notes), inputs, [.. outputs.Select(Order)]);
    }

    /// <summary>The nodes that lead to an output, in the file's order.</summary>
    private List<OnnxNode> Reached()
    {
        HashSet<string> wanted = new(_model.Graph.Outputs.Select(o => o.Name), StringComparer.Ordinal);
        List<OnnxNode> reached = [];
        for (int i = _model.Graph.Nodes.Count - 1; i >= 0; i--)
        {
            OnnxNode node = _model.Graph.Nodes[i];
            if (!node.Outputs.Any(o => o.Length > 0 && wanted.Contains(o))) continue;
            wanted.UnionWith(node.Inputs);
            reached.Add(node);
        }
        reached.Reverse();
        return reached;
    }

    /// <summary>All operators that are not known here at once: whoever sent the file wants the whole list.</summary>
    private void RefuseUnknown(List<OnnxNode> nodes)
    {
        OnnxNode[] unknown = [.. nodes.Where(n => !Knows(n)).GroupBy(n => (n.Domain, n.Operator)).Select(g => g.First())];
        if (unknown.Length == 0) return;
        string functions = _model.Functions.Count > 0 && unknown.Any(n => n.Domain.Length > 0) ? " Functions that a file defines itself are not opened." : "";
        throw new OnnxRefusal("unsupported_operator", $"There is nothing here for {string.Join(", ", unknown.Take(20).Select(OnnxRefusal.Describe))}{(unknown.Length > 20 ? " …" : "")}.{functions}", unknown[0].Operator);
    }

    private static bool Knows(OnnxNode node) => node.Domain.Length == 0 && (OnnxOperators.All.ContainsKey(node.Operator) || OnnxFolding.Knows(node.Operator));

    private void CountUses(List<OnnxNode> nodes)
    {
        foreach (string name in nodes.SelectMany(n => n.Inputs).Concat(_model.Graph.Outputs.Select(o => o.Name)))
            if (name.Length > 0) _uses[name] = _uses.GetValueOrDefault(name) + 1;
    }

    private List<int[]> TakeInputs(List<OnnxNode> nodes)
    {
        List<int[]> orders = [];
        OnnxValueInfo[] inputs = [.. _model.Graph.Inputs.Where(i => !_constants.ContainsKey(i.Name) && _uses.ContainsKey(i.Name))];
        if (inputs.Length == 0) throw new OnnxRefusal("broken_file", "Nothing that comes in leads to an output.");
        foreach (OnnxValueInfo input in inputs)
        {
            string called = $"The input '{ArrayFormatException.Printable(input.Name)}'";
            if (input.Axes is not { Count: > 0 } axes) throw new OnnxRefusal("no_equivalent", $"{called} has no shape, or no axis for the batch.");
            if (axes.Count > 8) throw new OnnxRefusal("no_equivalent", $"{called} has {axes.Count} axes; up to 8 can be taken.");
            if (input.Element.ToArrayType() is null) throw new OnnxRefusal("no_equivalent", $"{called} is no array of numbers.");
            if (axes[0].Size is > 0 and var fixedBatch)
            {
                if (Batch != AnyBatch && Batch != fixedBatch) throw new OnnxRefusal("no_equivalent", $"{called} has a batch of {fixedBatch}, another one of {Batch}.");
                Batch = fixedBatch;
            }
            if (axes.Skip(1).Any(a => a.Size is null or < 1 or > 1 << 24)) throw new OnnxRefusal("no_equivalent",
                $"{called} leaves sizes open beside the batch, or they are out of range: [{string.Join(", ", axes.Select(a => a.Size?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? ArrayFormatException.Printable(a.Name.Length > 0 ? a.Name : "?")))}]. Save the model with fixed sizes.");
            if (axes.Skip(1).Sum(a => Math.Log2(a.Size!.Value)) > Math.Log2(MostNumbers)) throw new OnnxRefusal("too_large", $"{called} has more than {MostNumbers:N0} numbers a sample.");
            OnnxPart[][] parts = [.. axes.Skip(1).Select(a => OnnxValue.Axis((int)a.Size!.Value))];
            bool turned = parts.Length >= 2 && OnnxInputOrder.IsChannelsFirst(input.Name, nodes);
            // A number on its own is a row of one.
            OnnxPart[][] ours = parts.Length == 0 ? [[]] : turned ? [.. parts.Skip(1), parts[0]] : parts;
            string layer = Layers.Add("input", input.Name, new JsonObject { ["shape"] = OnnxLayers.Numbers(ours.Select(OnnxValue.Size)) });
            _values[input.Name] = new OnnxValue(layer, parts, ours) { IsWhole = input.Element.ToArrayType()!.Value.IsInteger() };
            if (turned) _notes.Add(new($"input '{ArrayFormatException.Printable(input.Name)}'", "turned from [channels, …] to [… , channels]: samples come in as images or sequences with channels last"));
            orders.Add([.. Enumerable.Range(0, parts.Length + 1).Select(i => i == 0 || !turned ? i : i == parts.Length ? 1 : i + 1)]);
        }
        return orders;
    }

    private void Take(OnnxNode node)
    {
        try
        {
            foreach (string input in node.Inputs)
                if (input.Length > 0 && !_values.ContainsKey(input) && !_constants.ContainsKey(input)) throw Unknown(input, node);
            var call = new OnnxCall(this, node);
            if (OnnxFolding.TryFold(call) is { } constants)
            {
                for (int i = 0; i < Math.Min(constants.Length, node.Outputs.Count); i++)
                    if (node.Outputs[i].Length > 0) _constants[node.Outputs[i]] = constants[i];
                return;
            }
            if (!OnnxOperators.All.TryGetValue(node.Operator, out Action<OnnxCall>? take)) throw OnnxRefusal.Of(node, "it can be worked out beforehand only, but depends on what comes in.");
            take(call);
            foreach (string output in node.Outputs)
                if (output.Length > 0 && _values.TryGetValue(output, out OnnxValue? value)) Check(node, value);
        }
        catch (Exception e) when (e is OverflowException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            throw OnnxRefusal.Of(node, "its sizes are beyond what can be computed with.", "too_large");
        }
    }

    private static void Check(OnnxNode node, OnnxValue value)
    {
        if (value.Axes.Count > MostAxes) throw OnnxRefusal.Of(node, $"it puts out {value.Axes.Count} axes; {MostAxes} can be worked with.");
        if (value.Axes.Sum(a => Math.Log2(OnnxValue.Size(a))) >= 31) throw OnnxRefusal.Of(node, "it puts out more than 2^31 numbers.", "too_large");
    }

    /// <summary>Images go out as they lie here, channels last; anything else in ONNX's order.</summary>
    private OnnxValue PutOut(OnnxValueInfo output)
    {
        if (!_values.TryGetValue(output.Name, out OnnxValue? value))
            throw new OnnxRefusal("no_equivalent", $"The output '{ArrayFormatException.Printable(output.Name)}' is {(_constants.ContainsKey(output.Name) ? "a constant" : "put out by no node")}.");
        if (value.IsRounded || value.IsCut) throw new OnnxRefusal("no_equivalent", $"The output '{ArrayFormatException.Printable(output.Name)}' is of whole numbers.");
        OnnxPart[][] image = value.Axes.Count >= 2 ? [.. value.Axes.Skip(1), value.Axes[0]] : [];
        if (value.Axes.Count >= 2 && value.LiesAs(image))
            _notes.Add(new($"output '{ArrayFormatException.Printable(output.Name)}'", "turned from [channels, …] to [… , channels]"));
        else value = Layers.Lay(value, value.Axes.Count == 0 ? [[]] : value.Axes);
        // What comes in can't go out as it is.
        return Layers.Type(value.Layer) == "input" ? value with { Layer = Layers.Add("activation", output.Name, new JsonObject { ["activation"] = "linear" }, value.Layer) } : value;
    }

    private static int[] Order(OnnxValue value) => value.Axes.Count >= 2 && !value.LiesAs(value.Axes) ? [0, .. Enumerable.Range(2, value.Axes.Count - 1), 1] : [.. Enumerable.Range(0, value.Axes.Count + 1)];

    private void SkipRest(IReadOnlyList<SourceTensor> tensors)
    {
        HashSet<string> loaded = new(tensors.Select(t => t.From), StringComparer.Ordinal);
        foreach (NamedArray tensor in _model.Graph.Initializers)
            if (!loaded.Contains(tensor.Name))
                _notes.Add(new(tensor.Name, _weights.Contains(tensor.Name) || _uses.ContainsKey(tensor.Name) ? "worked into shapes, settings or other constants" : "nothing that leads to an output uses it"));
    }

    private OnnxRefusal Unknown(string name, OnnxNode? node = null) => new("broken_file",
        $"{(node is null ? "A node" : $"Node {OnnxRefusal.Describe(node)}")} takes '{ArrayFormatException.Printable(name)}', which neither comes in nor is put out by a node before it: the graph is cut, or goes round in a circle.");
}
