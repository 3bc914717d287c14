using TrainService.Formats;
using TrainService.Formats.Onnx;
using TrainService.Training.Reuse.Import.Onnx;

namespace TrainService.Training.Tests.Reuse.Onnx;

/// <summary>Well-formed files that say something wrong: other operators, edges that go elsewhere (circles too), other numbers in attributes, shapes and constants.</summary>
internal static class OnnxDamage
{
    private static readonly long[] Extremes = [0, 1, -1, 2, 3, 7, 255, int.MaxValue, int.MinValue, 1L << 24, 1L << 31, 1L << 40, long.MaxValue, long.MinValue, 1_000_003];

    private static readonly string[] Names = [.. OnnxOperators.All.Keys.Concat(["Shape", "ConstantOfShape", "Range", "Expand", "Where", "Equal", "Size", "Loop", "If"])];

    private static readonly string[] Attributes = ["axis", "axes", "pads", "strides", "kernel_shape", "dilations", "group", "perm", "auto_pad", "ceil_mode", "count_include_pad", "keepdims", "epsilon", "alpha", "to", "split", "size",
        "transA", "transB", "blocksize", "output_padding", "output_shape", "allowzero", "mode", "num_groups"];

    public static OnnxModel Apply(OnnxModel model, Random random)
    {
        for (int times = random.Next(1, 4); times > 0; times--) model = Once(model, random);
        return model;
    }

    private static OnnxModel Once(OnnxModel model, Random random)
    {
        OnnxGraph graph = model.Graph;
        List<OnnxNode> nodes = [.. graph.Nodes];
        int at = random.Next(nodes.Count);
        string[] values = [.. nodes.SelectMany(n => n.Outputs), .. graph.Inputs.Select(i => i.Name), .. graph.Initializers.Select(i => i.Name), "", "nowhere"];
        switch (random.Next(10))
        {
            case 0: nodes[at] = nodes[at] with { Operator = Names[random.Next(Names.Length)] }; break;
            case 1: nodes[at] = nodes[at] with { Inputs = [.. nodes[at].Inputs.Select(i => random.Next(2) == 0 ? values[random.Next(values.Length)] : i)] }; break;
            case 2: nodes.RemoveAt(at); break;
            case 3: nodes.Insert(random.Next(nodes.Count), nodes[at]); break;
            case 4: nodes[at] = nodes[at] with { Outputs = [.. nodes[at].Outputs.Append(values[random.Next(values.Length)])] }; break;
            case 5 or 6: nodes[at] = nodes[at] with { Attributes = [.. nodes[at].Attributes.Select(a => random.Next(2) == 0 ? Damage(a, random) : a), Damage(new OnnxAttribute(Attributes[random.Next(Attributes.Length)]) { Integer = 1 }, random)] }; break;
            case 7:
                NamedArray[] arrays = [.. graph.Initializers];
                if (arrays.Length > 0) arrays[random.Next(arrays.Length)] = Damage(arrays[random.Next(arrays.Length)], random);
                return model with { Graph = graph with { Initializers = arrays } };
            case 8:
                OnnxAxis[] axes = [.. Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(4) == 0 ? new OnnxAxis(null, "n") : new OnnxAxis(random.Next(3) == 0 ? Extremes[random.Next(Extremes.Length)] : random.Next(1, 9), ""))];
                return model with { Graph = graph with { Inputs = [graph.Inputs[0] with { Axes = axes }] } };
            default: return model with { Opset = random.Next(-1, 30), Graph = graph with { Outputs = [graph.Outputs[0] with { Name = values[random.Next(values.Length)] }, .. graph.Outputs.Take(random.Next(2))] } };
        }
        return model with { Graph = graph with { Nodes = nodes } };
    }

    private static OnnxAttribute Damage(OnnxAttribute attribute, Random random) => random.Next(5) switch
    {
        0 => OnnxAttribute.Of(attribute.Name, Extremes[random.Next(Extremes.Length)]),
        1 => OnnxAttribute.Of(attribute.Name, [.. Enumerable.Range(0, random.Next(9)).Select(_ => Number(random))]),
        2 => OnnxAttribute.Of(attribute.Name, BitConverter.Int32BitsToSingle(random.Next())),
        3 => OnnxAttribute.Of(attribute.Name, random.Next(2) == 0 ? "SAME_LOWER" : "\ud800"),
        _ => OnnxAttribute.Of(attribute.Name, [.. (attribute.Integers ?? [1, 1]).Select(n => random.Next(2) == 0 ? Number(random) : n)]),
    };

    private static long Number(Random random) => random.Next(2) == 0 ? random.Next(-2, 6) : Extremes[random.Next(Extremes.Length)];

    private static NamedArray Damage(NamedArray array, Random random)
    {
        if (array.Type == ArrayType.Int64)
        {
            long[] values = [.. Enumerable.Range(0, random.Next(5)).Select(_ => Number(random))];
            return new NamedArray(array.Name, ArrayType.Int64, [values.Length], values.SelectMany(BitConverter.GetBytes).ToArray());
        }
        long[] shape = [.. Enumerable.Range(0, random.Next(6)).Select(_ => (long)random.Next(0, 7))];
        float[] numbers = new float[shape.Aggregate(1L, (a, b) => a * b)];
        if (random.Next(4) == 0 && numbers.Length > 0) numbers[0] = float.NaN;
        return new NamedArray(array.Name, shape, numbers);
    }
}
