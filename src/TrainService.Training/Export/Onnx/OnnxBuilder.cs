using TrainService.Formats;
using TrainService.Formats.Onnx;
using TrainService.Tensors;

namespace TrainService.Training.Export.Onnx;

/// <summary>What a layer puts out, as a value of the graph: with its channels last, as here, or first, as ONNX's image operators want it; each is made when it is first asked for.</summary>
/// <param name="shape">Of a sample, channels last.</param>
/// <param name="last">Its name with channels last; null when it is not there yet.</param>
/// <param name="first">Its name with channels first; null when it is not there yet.</param>
internal sealed class OnnxOutput(Shape shape, string? last, string? first)
{
    public Shape Shape => shape;

    public string? Last { get; set; } = last;

    public string? First { get; set; } = first;

    /// <summary>Without a pixel axis both are the same.</summary>
    public bool IsRow => shape.Rank < 2;

    public bool PrefersFirst => First is not null && !IsRow;

    /// <summary>The distance of the numbers that it was rounded to; null when it was not.</summary>
    public float? Step { get; init; }
}

/// <summary>Gathers nodes and constants of a graph.</summary>
internal sealed class OnnxBuilder
{
    private readonly List<OnnxNode> _nodes = [];
    private readonly Dictionary<string, NamedArray> _constants = new(StringComparer.Ordinal);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    public IReadOnlyList<OnnxNode> Nodes => _nodes;

    public IReadOnlyList<NamedArray> Constants => [.. _constants.Values];

    /// <summary>Adds a node with one output and returns its name.</summary>
    public string Node(string type, string wanted, IReadOnlyList<string> inputs, params OnnxAttribute[] attributes)
    {
        string output = Free(wanted);
        _nodes.Add(new OnnxNode(type, inputs, [output], attributes) { Name = output });
        return output;
    }

    public string Floats(string wanted, IReadOnlyList<long> shape, float[] values) => Put(wanted, new NamedArray("", shape, values));

    public string Longs(string wanted, params long[] values) => Put(wanted, new NamedArray("", ArrayType.Int64, [values.Length], System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray()));

    public string Scalar(string wanted, float value) => Floats(wanted, [], [value]);

    public string Byte(string wanted, byte value) => Put(wanted, new NamedArray("", ArrayType.UInt8, [], new[] { value }));

    /// <summary>A tensor under its own name, added once however many nodes take it; in 16 bits it is brought back by a node.</summary>
    public string Tensor(string name, NamedArray tensor)
    {
        if (tensor.Type == ArrayType.Float32)
        {
            if (!_constants.ContainsKey(name)) (_, _constants[name]) = (_taken.Add(name), tensor.As(name));
            return name;
        }
        string stored = $"{name}:half";
        if (_constants.ContainsKey(stored)) return name;
        (_, _constants[stored]) = (_taken.Add(stored), tensor.As(stored));
        _taken.Add(name);
        _nodes.Add(new OnnxNode("Cast", [stored], [name], [OnnxAttribute.Of("to", (long)OnnxElement.Float)]) { Name = name });
        return name;
    }

    /// <summary>Numbers of 8 bits that nodes bring back, under the name of what comes of them; added once.</summary>
    /// <param name="scales">One for each place along the axis.</param>
    /// <param name="rounded">What it will be multiplied by is in 8 bits too: the product may be one of whole numbers.</param>
    public string Dequantized(string name, NamedArray values, NamedArray scales, int axis, bool rounded)
    {
        string stored = $"{name}:int8", scale = $"{name}:scale";
        if (_constants.ContainsKey(stored)) return name;
        (_, _constants[stored]) = (_taken.Add(stored), values.As(stored));
        (_, _constants[scale]) = (_taken.Add(scale), new NamedArray(scale, [scales.Count], scales.ToSingles()));
        _taken.Add(name);
        if (rounded)
        {
            // With the zeros that stand for 0, which may be left out by the standard: ONNX Runtime joins products only when they are there.
            string zeros = Put($"{name}:zero_point", new NamedArray("", values.Type, [scales.Count], new byte[scales.Count]));
            _nodes.Add(new OnnxNode("DequantizeLinear", [stored, scale, zeros], [name], [OnnxAttribute.Of("axis", (long)axis)]) { Name = name });
            return name;
        }
        if (axis == values.Shape.Count - 1)
        {
            // A matrix: with DequantizeLinear before a product ONNX Runtime 1.30 was 0.3 to 0.8 percent off, as if it rounded what comes in to 8 bits too.
            string numbers = Node("Cast", $"{name}:numbers", [stored], OnnxAttribute.Of("to", (long)OnnxElement.Float));
            _nodes.Add(new OnnxNode("Mul", [numbers, scale], [name], []) { Name = name });
            return name;
        }
        _nodes.Add(new OnnxNode("DequantizeLinear", [stored, scale], [name], [OnnxAttribute.Of("axis", (long)axis)]) { Name = name });
        return name;
    }

    /// <summary>A bias as whole numbers of the products that are added to it, in 32 bits; added once for each such scale.</summary>
    /// <returns>Null when it does not go into 32 bits.</returns>
    public string? Dequantized(string name, NamedArray bias, float[] scales)
    {
        float[] values = bias.ToSingles();
        int[] whole = new int[values.Length];
        for (int i = 0; i < whole.Length; i++)
        {
            double steps = Math.Round((double)values[i] / scales[i]);
            if (!(Math.Abs(steps) < int.MaxValue)) return null;
            whole[i] = (int)steps;
        }
        string stored = Put($"{name}:int32", new NamedArray("", ArrayType.Int32, [whole.Length], System.Runtime.InteropServices.MemoryMarshal.AsBytes(whole.AsSpan()).ToArray()));
        string zeros = Put($"{name}:zero_point", new NamedArray("", ArrayType.Int32, [whole.Length], new byte[4 * whole.Length]));
        return Node("DequantizeLinear", name, [stored, Floats($"{name}:scale", [scales.Length], scales), zeros], OnnxAttribute.Of("axis", 0L));
    }

    /// <summary>Takes a name that the graph itself needs.</summary>
    public string Free(string wanted)
    {
        string name = wanted;
        for (int i = 1; !_taken.Add(name); i++) name = $"{wanted}:{i}";
        return name;
    }

    public string First(OnnxOutput value)
    {
        if (value.IsRow) return value.First ??= value.Last!;
        return value.First ??= Node("Transpose", $"{value.Last}:channels_first", [value.Last!], OnnxAttribute.Of("perm", [0, value.Shape.Rank, .. Enumerable.Range(1, value.Shape.Rank - 1).Select(i => (long)i)]));
    }

    public string Last(OnnxOutput value)
    {
        if (value.IsRow) return value.Last ??= value.First!;
        return value.Last ??= Node("Transpose", $"{value.First}:channels_last", [value.First!], OnnxAttribute.Of("perm", [0, .. Enumerable.Range(2, value.Shape.Rank - 1).Select(i => (long)i), 1]));
    }

    private string Put(string wanted, NamedArray array)
    {
        string name = Free(wanted);
        _constants[name] = array.As(name);
        return name;
    }
}
