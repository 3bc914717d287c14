using TrainService.Formats;
using TrainService.Formats.Onnx;

namespace TrainService.Training.Tests.Reuse.Onnx;

/// <summary>Small graphs that hold what networks hold.</summary>
internal static class OnnxSamples
{
    public static byte[] File(string name) => Write(Model(name));

    public static byte[] Write(OnnxModel model)
    {
        using var stream = new MemoryStream();
        OnnxWriter.Write(stream, model);
        return stream.ToArray();
    }

    public static OnnxModel Of(IReadOnlyList<OnnxNode> nodes, IReadOnlyList<NamedArray>? constants = null, IReadOnlyList<long>? shape = null)
        => new(new OnnxGraph(nodes, constants ?? [], [new("x", OnnxElement.Float, [new(null, "batch"), .. (shape ?? [4]).Select(n => new OnnxAxis(n, ""))])], [new("y", OnnxElement.Float, [])]), 13);

    public static OnnxModel Model(string name) => name switch
    {
        "images" => Of(
        [
            Node("Conv", "c1", ["x", "c1.w", "c1.b"], OnnxAttribute.Of("kernel_shape", 3, 3), OnnxAttribute.Of("pads", 1, 1, 1, 1), OnnxAttribute.Of("strides", 2, 2)),
            Node("BatchNormalization", "bn", ["c1", "g", "b", "m", "v"], OnnxAttribute.Of("epsilon", 1e-5f)),
            Node("Relu", "r", ["bn"]),
            Node("MaxPool", "p", ["r"], OnnxAttribute.Of("kernel_shape", 3, 3), OnnxAttribute.Of("pads", 1, 1, 1, 1), OnnxAttribute.Of("strides", 2, 2)),
            Node("Conv", "d", ["p", "d.w"], OnnxAttribute.Of("kernel_shape", 3, 3), OnnxAttribute.Of("auto_pad", "SAME_UPPER"), OnnxAttribute.Of("group", 4L)),
            Node("Add", "s", ["d", "p"]),
            Node("Concat", "j", ["s", "p"], OnnxAttribute.Of("axis", 1L)),
            Node("Shape", "shape", ["j"]),
            Node("Gather", "n", ["shape", "zero"], OnnxAttribute.Of("axis", 0L)),
            Node("Unsqueeze", "n1", ["n", "axes"]),
            Node("Concat", "to", ["n1", "minus"], OnnxAttribute.Of("axis", 0L)),
            Node("Reshape", "flat", ["j", "to"]),
            Node("Gemm", "fc", ["flat", "fc.w", "fc.b"], OnnxAttribute.Of("transB", 1L)),
            Node("Softmax", "y", ["fc"], OnnxAttribute.Of("axis", -1L)),
        ],
        [
            Floats("c1.w", 4, 3, 3, 3), Floats("c1.b", 4), Floats("g", 4), Floats("b", 4), Floats("m", 4), Ones("v", 4), Floats("d.w", 4, 1, 3, 3), Floats("fc.w", 5, 32), Floats("fc.b", 5),
            Longs("zero", [], 0), Longs("axes", [1], 0), Longs("minus", [1], -1),
        ], [3, 8, 8]),
        "rows" => Of(
        [
            Node("MatMul", "a", ["x", "a.w"]), Node("Add", "ab", ["a", "a.b"]), Node("Clip", "c", ["ab", "low", "high"]), Node("Mul", "m", ["c", "a.b"]), Node("LeakyRelu", "l", ["m"], OnnxAttribute.Of("alpha", 0.1f)),
            Node("Slice", "cut", ["l", "from", "until", "along"]), Node("Split", "h", ["l"], OnnxAttribute.Of("axis", 1L)) with { Outputs = ["h1", "h2"] }, Node("Sub", "d", ["h1", "h2"]),
            Node("Transpose", "t", ["cut"], OnnxAttribute.Of("perm", 0, 1)), Node("Concat", "j", ["t", "d"], OnnxAttribute.Of("axis", -1L)), Node("ReduceMean", "y", ["j"], OnnxAttribute.Of("axes", [1L])),
        ],
        [Floats("a.w", 4, 6), Floats("a.b", 6), Float("low", -1), Float("high", 1), Longs("from", [1], 1), Longs("until", [1], 5), Longs("along", [1], 1)]),
        _ => Of(
        [
            Node("Cast", "i", ["x"], OnnxAttribute.Of("to", 7L)), Node("Gather", "e", ["table", "i"]), Node("Transpose", "t", ["e"], OnnxAttribute.Of("perm", 0, 2, 1)),
            Node("Conv", "c", ["t", "w"], OnnxAttribute.Of("pads", 1, 1)), Node("GlobalMaxPool", "g", ["c"]), Node("Flatten", "f", ["g"]), Node("Sigmoid", "y", ["f"]),
        ],
        [Floats("table", 20, 3), Floats("w", 2, 3, 3)], [7]),
    };

    public static OnnxNode Node(string type, string output, string[] inputs, params OnnxAttribute[] attributes) => new(type, inputs, [output], attributes) { Name = $"{output}_{type}" };

    public static NamedArray Floats(string name, params long[] shape)
        => new(name, shape, Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(i => (float)Math.Sin(i + name.Length)).ToArray());

    private static NamedArray Ones(string name, int count) => new(name, [count], Enumerable.Repeat(1f, count).ToArray());

    private static NamedArray Float(string name, float value) => new(name, [], new[] { value });

    public static NamedArray Longs(string name, long[] shape, params long[] values) => new(name, ArrayType.Int64, shape, values.SelectMany(BitConverter.GetBytes).ToArray());
}
