using TrainService.Formats.Onnx;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>A node whose turn it is: what it takes, its arguments, where its results go.</summary>
internal sealed class OnnxCall(OnnxTranslation translation, OnnxNode node)
{
    public OnnxNode Node => node;

    public OnnxTranslation Translation => translation;

    public OnnxLayers Layers => translation.Layers;

    public long Opset => translation.Opset;

    public int Count => node.Inputs.Count;

    /// <summary>What to call its layer: after its kernel ("layer1.0.conv1.weight"), or as the node is called, or after what it puts out.</summary>
    public string Name
    {
        get
        {
            // As PyTorch and this service name kernels.
            foreach (string ending in (ReadOnlySpan<string>)[".weight", "/kernel"])
                if (node.Inputs.Skip(1).FirstOrDefault(i => i.EndsWith(ending, StringComparison.Ordinal) && i.Length > ending.Length) is { } kernel)
                    return kernel[..^ending.Length];
            if (node.Name.Length == 0) return node.Outputs.Count > 0 && node.Outputs[0].Length > 0 ? node.Outputs[0] : node.Operator;
            // PyTorch: /layer1/layer1.0/conv1/Conv.
            int cut = node.Name.LastIndexOf('/');
            return cut > 0 && node.Name.AsSpan(cut + 1).StartsWith(node.Operator, StringComparison.Ordinal) ? node.Name[..cut] : node.Name;
        }
    }

    public bool Has(int i) => i < node.Inputs.Count && node.Inputs[i].Length > 0;

    /// <summary>Whether input <paramref name="i"/> depends on what comes in.</summary>
    public bool IsValue(int i) => translation.IsValue(node.Inputs[i]);

    public OnnxValue Value(int i)
    {
        if (!Has(i)) throw Refuse($"its input {i} is missing.", "broken_file");
        if (!IsValue(i)) throw Refuse($"its input {i} is a constant; here it must be something that comes in or was worked out from it.");
        OnnxValue value = translation.Value(node.Inputs[i]);
        if (value.IsRounded) throw Refuse("it works on numbers of 8 bits; here they are brought back first (DequantizeLinear).");
        return value.IsCut ? throw Refuse("it works on numbers that were cut to whole ones, which only looking up (Gather) does here.") : value;
    }

    /// <summary>Also numbers that were cut to whole ones.</summary>
    public OnnxValue Lookup(int i) => translation.Value(node.Inputs[i]);

    public OnnxConstant Constant(int i, string what)
    {
        if (!Has(i)) throw Refuse($"its {what} is missing.", "broken_file");
        return IsValue(i) ? throw Refuse($"its {what} is worked out from what comes in; here it must be a constant.") : translation.Constant(node.Inputs[i]);
    }

    public OnnxConstant? OptionalConstant(int i, string what) => Has(i) ? Constant(i, what) : null;

    public bool HasAttribute(string name) => Find(name) is not null;

    public long Integer(string name, long otherwise) => Find(name)?.Integer ?? otherwise;

    public float Number(string name, float otherwise) => Find(name)?.Number ?? otherwise;

    public string Text(string name, string otherwise) => Find(name)?.Text ?? otherwise;

    public IReadOnlyList<long>? Integers(string name) => Find(name) is { } a ? a.Integers ?? [] : null;

    public OnnxAttribute? Find(string name) => node.Attributes.FirstOrDefault(a => a.Name == name);

    /// <summary>Numbers of some axes: an argument up to a version of the operators, an input since.</summary>
    public IReadOnlyList<long>? AttributeOrInput(string name, int input)
        => Integers(name) ?? OptionalConstant(input, name)?.Longs;

    /// <summary>An axis that may be counted from the end, batch included.</summary>
    public int Axis(long axis, int rank)
    {
        long at = axis < 0 ? axis + rank : axis;
        return at >= 0 && at < rank ? (int)at : throw Refuse($"it has no axis {axis}: its input has {rank}.", "broken_file");
    }

    /// <summary>The same without the batch, which is refused.</summary>
    public int SampleAxis(long axis, int rank, string what)
        => Axis(axis, rank) is var at && at > 0 ? at - 1 : throw Refuse($"it {what} along axis 0, the batch: samples are worked on one by one here.");

    public void Set(OnnxValue value, int output = 0) => translation.Set(node, output, value);

    public void Note(string why) => translation.Note(node, why);

    public OnnxRefusal Refuse(string why, string code = "no_equivalent") => OnnxRefusal.Of(node, why, code);

    /// <summary>A size as this machine counts them, at least <paramref name="least"/>.</summary>
    public int Size(long value, string what, int least = 1, int most = 1 << 24)
        => value >= least && value <= most ? (int)value : throw Refuse($"its {what} is {value}; {least} to {most} is possible here.", "out_of_range");
}
