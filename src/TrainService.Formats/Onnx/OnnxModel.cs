namespace TrainService.Formats.Onnx;

/// <summary>An ONNX file as far as networks need it: a graph of operators, and which version of the operators is meant.</summary>
/// <param name="Graph">What is computed.</param>
/// <param name="Opset">Version of the standard operators.</param>
public sealed record OnnxModel(OnnxGraph Graph, long Opset)
{
    /// <summary>The program that wrote it; empty when it does not say.</summary>
    public string Producer { get; init; } = "";

    /// <summary>Notes by key.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>Names of functions that the file defines itself, as "domain.name".</summary>
    public IReadOnlyList<string> Functions { get; init; } = [];
}

/// <param name="Nodes">In an order in which each comes after what it takes.</param>
/// <param name="Initializers">Constants by name, sparse ones already written out.</param>
/// <param name="Inputs">What comes in; older files list constants here too.</param>
/// <param name="Outputs">What goes out.</param>
public sealed record OnnxGraph(IReadOnlyList<OnnxNode> Nodes, IReadOnlyList<NamedArray> Initializers, IReadOnlyList<OnnxValueInfo> Inputs, IReadOnlyList<OnnxValueInfo> Outputs)
{
    public string Name { get; init; } = "";

    /// <summary>When writing: names of initializers that are mostly zeros and go out as sparse ones.</summary>
    public IReadOnlySet<string> Sparse { get; init; } = new HashSet<string>();
}

/// <summary>One operation. An empty name among inputs or outputs stands for one that is left out.</summary>
public sealed record OnnxNode(string Operator, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyList<OnnxAttribute> Attributes)
{
    public string Name { get; init; } = "";

    /// <summary>Empty for the standard operators.</summary>
    public string Domain { get; init; } = "";
}

/// <summary>A named argument of a node: of its members the one that is not null holds the value.</summary>
public sealed record OnnxAttribute(string Name)
{
    public float? Number { get; init; }

    public long? Integer { get; init; }

    public string? Text { get; init; }

    public NamedArray? Tensor { get; init; }

    public IReadOnlyList<float>? Numbers { get; init; }

    public IReadOnlyList<long>? Integers { get; init; }

    /// <summary>It holds what is not read: a graph, texts, types.</summary>
    public bool Other { get; init; }

    public static OnnxAttribute Of(string name, float value) => new(name) { Number = value };

    public static OnnxAttribute Of(string name, long value) => new(name) { Integer = value };

    public static OnnxAttribute Of(string name, string value) => new(name) { Text = value };

    public static OnnxAttribute Of(string name, params long[] values) => new(name) { Integers = values };
}

/// <summary>Name, type and shape of what comes in or goes out.</summary>
/// <param name="Axes">Sizes; a text is the name of one that is open, which may be empty. Null when nothing is said.</param>
public sealed record OnnxValueInfo(string Name, OnnxElement Element, IReadOnlyList<OnnxAxis>? Axes);

/// <param name="Size">Null when it is open.</param>
public readonly record struct OnnxAxis(long? Size, string Name);
