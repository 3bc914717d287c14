using TrainService.Formats;
using TrainService.Formats.Onnx;
using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.Training.Export.Onnx;

/// <summary>A layer whose turn it is to become nodes.</summary>
internal sealed class OnnxLayer(OnnxBuilder graph, ExportedModel model, NetworkLayer layer, ComponentValue value, IReadOnlyList<OnnxOutput> inputs)
{
    public OnnxBuilder Graph => graph;

    public string Type => value.Descriptor.Name;

    public string Name => layer.Name;

    public Arguments Arguments => value.Arguments;

    public ComponentValue Value => value;

    public IReadOnlyList<OnnxOutput> Inputs => inputs;

    public OnnxOutput Input => inputs[0];

    public Shape InputShape => layer.InputShapes[0];

    public Shape OutputShape => layer.OutputShape;

    public NetworkLayer Network => layer;

    public bool Flag(string name) => Arguments.Flag(name);

    /// <summary>One of its tensors, by role; of a layer that is called again those of the first.</summary>
    public NamedArray Tensor(string role) => model.Tensors[$"{layer.Owner}/{role}"];

    public bool HasTensor(string role) => model.Tensors.ContainsKey($"{layer.Owner}/{role}");

    /// <summary>The tensor as it is, as a constant of the graph.</summary>
    public string Constant(string role) => model.Quantized.TryGetValue($"{layer.Owner}/{role}", out QuantizedKernel? kernel) ? EightBits(kernel, kernel.Values.Shape, [.. Enumerable.Range(0, kernel.Values.Shape.Count)]) : graph.Tensor($"{layer.Owner}/{role}", Tensor(role));

    /// <summary>The bias; of a product of whole numbers in whole numbers too, when its input's and its kernel's scales allow for that.</summary>
    public string Bias(string kernel)
    {
        if (Input.Step is { } step && model.Quantized.TryGetValue($"{layer.Owner}/{kernel}", out QuantizedKernel? quantized)
            && graph.Dequantized($"{layer.Owner}/bias", Tensor("bias"), [.. quantized.ScalesOfOutputs.Select(s => s * step)]) is { } whole) return whole;
        return Constant("bias");
    }

    /// <summary>The tensor's axes in another order, as a constant of the graph.</summary>
    public string Turned(string role, params int[] order) => Reordered(role, Tensor(role).Shape, order);

    /// <summary>The tensor seen under a shape, then turned.</summary>
    public string Reordered(string role, IReadOnlyList<long> shape, params int[] order)
    {
        if (model.Quantized.TryGetValue($"{layer.Owner}/{role}", out QuantizedKernel? kernel)) return EightBits(kernel, shape, order);
        NamedArray tensor = Tensor(role);
        byte[] bytes = tensor.Type.Size() == 2
            ? System.Runtime.InteropServices.MemoryMarshal.AsBytes(Reuse.Import.Onnx.OnnxConstant.Turned(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(tensor.Bytes).ToArray(), shape, order).AsSpan()).ToArray()
            : System.Runtime.InteropServices.MemoryMarshal.AsBytes(Reuse.Import.Onnx.OnnxConstant.Turned(tensor.ToSingles(), shape, order).AsSpan()).ToArray();
        return graph.Tensor($"{layer.Owner}/{role}", new NamedArray(role, tensor.Type, [.. order.Select(a => shape[a])], bytes));
    }

    private string EightBits(QuantizedKernel kernel, IReadOnlyList<long> shape, int[] order)
    {
        byte[] turned = Reuse.Import.Onnx.OnnxConstant.Turned(kernel.Values.Bytes.ToArray(), shape, order);
        return graph.Dequantized(kernel.Values.Name, new NamedArray("", ArrayType.Int8, [.. order.Select(a => shape[a])], turned), kernel.Scales, Array.IndexOf(order, kernel.AxisIn(shape.Count)), Input.Step is not null);
    }

    public string Node(string type, string part, IReadOnlyList<string> from, params OnnxAttribute[] attributes) => graph.Node(type, part.Length == 0 ? Name : $"{Name}:{part}", from, attributes);

    /// <summary>Puts out what has its channels first.</summary>
    public OnnxOutput First(string name) => new(OutputShape, null, name);

    public OnnxOutput Last(string name) => new(OutputShape, name, null);

    /// <summary>A value that lies as <paramref name="like"/> does.</summary>
    public OnnxOutput Like(OnnxOutput like, string name, float? step = null) => like.PrefersFirst ? new(OutputShape, null, name) { Step = step } : new(OutputShape, name, null) { Step = step };

    /// <summary>The value in whichever order there is.</summary>
    public string Either(OnnxOutput input) => input.PrefersFirst ? graph.First(input) : graph.Last(input);

    public ExportException Refuse(string why) => new($"Layer '{Name}' ({Type}): {why}");
}
