using TrainService.Formats.Onnx;
using TrainService.NeuralNet.Layers.Quantization;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.Training.Export.Onnx;

/// <summary>Which nodes each layer becomes, one line each.</summary>
internal static class OnnxLayers
{
    private static readonly Dictionary<string, Func<OnnxLayer, OnnxOutput>> Writers = new(StringComparer.Ordinal)
    {
        ["dense"] = OnnxWeighted.Dense,
        ["embedding"] = OnnxWeighted.Embedding,
        ["conv1d"] = l => OnnxWeighted.Convolution(l, line: true),
        ["conv2d"] = l => OnnxWeighted.Convolution(l, line: false),
        ["depthwise_conv2d"] = OnnxWeighted.Depthwise,
        ["separable_conv2d"] = OnnxWeighted.Separable,
        ["conv2d_transpose"] = OnnxWeighted.Transposed,
        ["prelu"] = OnnxWeighted.PRelu,
        ["scalar_bias"] = l => l.Like(l.Input, l.Node("Add", "", [l.Either(l.Input), l.Constant("bias")])),
        ["scalar_multiplier"] = l => l.Like(l.Input, l.Node("Mul", "", [l.Either(l.Input), l.Constant("scale")])),
        ["batch_normalization"] = OnnxNormalizing.Batch,
        ["layer_normalization"] = OnnxNormalizing.Layer,
        ["group_normalization"] = OnnxNormalizing.Group,
        ["local_response_normalization"] = OnnxNormalizing.Local,
        ["normalization"] = OnnxNormalizing.Features,
        ["max_pooling1d"] = l => OnnxImages.Pool(l, "MaxPool"),
        ["max_pooling2d"] = l => OnnxImages.Pool(l, "MaxPool"),
        ["average_pooling1d"] = l => OnnxImages.Pool(l, "AveragePool"),
        ["average_pooling2d"] = l => OnnxImages.Pool(l, "AveragePool"),
        ["global_max_pooling1d"] = l => OnnxImages.Global(l, "GlobalMaxPool"),
        ["global_max_pooling2d"] = l => OnnxImages.Global(l, "GlobalMaxPool"),
        ["global_average_pooling1d"] = l => OnnxImages.Global(l, "GlobalAveragePool"),
        ["global_average_pooling2d"] = l => OnnxImages.Global(l, "GlobalAveragePool"),
        ["zero_padding1d"] = OnnxImages.Frame,
        ["zero_padding2d"] = OnnxImages.Frame,
        ["cropping1d"] = OnnxImages.Frame,
        ["cropping2d"] = OnnxImages.Frame,
        ["up_sampling1d"] = OnnxImages.Resize,
        ["up_sampling2d"] = OnnxImages.Resize,
        ["resizing"] = OnnxImages.Resize,
        ["fake_quantization"] = Round,
        ["flatten"] = Reshape,
        ["reshape"] = Reshape,
        ["permute"] = l => l.Last(l.Node("Transpose", "", [l.Graph.Last(l.Input)], OnnxAttribute.Of("perm", [0, .. l.Arguments.Integers("dims")]))),
        ["rescaling"] = Rescale,
        ["add"] = l => Merge(l, "Sum"),
        ["subtract"] = l => Merge(l, "Sub"),
        ["multiply"] = l => Merge(l, "Mul"),
        ["average"] = l => Merge(l, "Mean"),
        ["maximum"] = l => Merge(l, "Max"),
        ["minimum"] = l => Merge(l, "Min"),
        ["absolute_difference"] = AbsoluteDifference,
        ["euclidean_distance"] = EuclideanDistance,
        ["scaled_add"] = ScaledAdd,
        ["concatenate"] = Concatenate,
        ["dot"] = Dot,
        ["activation"] = l => Activate(l, l.Arguments.Value("activation")),
        ["softmax"] = Softmax,
        ["dropout"] = Nothing,
        ["alpha_dropout"] = Nothing,
        ["spatial_dropout1d"] = Nothing,
        ["spatial_dropout2d"] = Nothing,
        ["gaussian_dropout"] = Nothing,
        ["gaussian_noise"] = Nothing,
        ["masking_noise"] = Nothing,
        ["activity_regularization"] = Nothing,
        ["kl_sparsity"] = Nothing,
        // The mean, which comes first, is what it puts out in inference.
        ["gaussian_sampling"] = Nothing,
    };

    /// <exception cref="ExportException">ONNX has nothing like it.</exception>
    public static OnnxOutput Write(OnnxLayer layer)
    {
        if (Writers.TryGetValue(layer.Type, out Func<OnnxLayer, OnnxOutput>? write)) return write(layer);
        // Activations that are layers under their own name have the arguments of both.
        if (Compilation.JobVocabulary.All["activation"].Find(layer.Type) is { } activation) return Activate(layer, new ComponentValue(activation, layer.Arguments));
        throw layer.Refuse("it is not written to ONNX.");
    }

    /// <summary>What a weighted layer puts out, with its activation behind it.</summary>
    public static OnnxOutput Ended(OnnxLayer layer, OnnxOutput output)
    {
        ComponentValue activation = layer.Arguments.Value("activation");
        return layer.Like(output, OnnxActivations.Write(layer, activation, layer.Either(output), output.PrefersFirst ? 1 : output.Shape.Rank));
    }

    private static OnnxOutput Activate(OnnxLayer l, ComponentValue activation)
        => l.Like(l.Input, OnnxActivations.Write(l, activation, l.Either(l.Input), l.Input.PrefersFirst ? 1 : l.InputShape.Rank));

    private static OnnxOutput Nothing(OnnxLayer l) => l.Input;

    private static OnnxOutput Reshape(OnnxLayer l) => l.Last(l.Node("Reshape", "", [l.Graph.Last(l.Input), l.Graph.Longs($"{l.Name}:shape", [0, .. l.OutputShape.Axes.Select(n => (long)n)])]));

    private static OnnxOutput Round(OnnxLayer l)
    {
        EightBitGrid grid = ((FakeQuantization)l.Network.Layer).Grid;
        string scale = l.Graph.Scalar($"{l.Name}:scale", grid.Scale), zero = l.Graph.Byte($"{l.Name}:zero_point", (byte)grid.ZeroPoint);
        return l.Like(l.Input, l.Node("DequantizeLinear", "", [l.Node("QuantizeLinear", "uint8", [l.Either(l.Input), scale, zero]), scale, zero]), grid.Scale);
    }

    private static OnnxOutput Rescale(OnnxLayer l)
    {
        string y = l.Node("Mul", "scaled", [l.Either(l.Input), l.Graph.Scalar($"{l.Name}:scale", l.Arguments.Single("scale"))]);
        return l.Like(l.Input, l.Arguments.Single("offset") == 0 ? y : l.Node("Add", "", [y, l.Graph.Scalar($"{l.Name}:offset", l.Arguments.Single("offset"))]));
    }

    private static OnnxOutput Merge(OnnxLayer l, string type, string part = "")
    {
        bool first = l.Inputs.All(i => i.PrefersFirst);
        string[] inputs = [.. l.Inputs.Select(i => first ? l.Graph.First(i) : l.Graph.Last(i))];
        string y = inputs[0];
        if (type is "Mul" or "Sub") foreach (string other in inputs.Skip(1)) y = l.Node(type, part, [y, other]);
        else y = l.Node(type == "Sum" && inputs.Length == 2 ? "Add" : type, part, inputs);
        return first ? l.First(y) : l.Last(y);
    }

    private static OnnxOutput AbsoluteDifference(OnnxLayer l)
    {
        OnnxOutput gap = Merge(l, "Sub", "gap");
        return l.Like(gap, l.Node("Abs", "", [l.Either(gap)]));
    }

    private static OnnxOutput EuclideanDistance(OnnxLayer l)
    {
        string gap = l.Node("Sub", "gap", [l.Graph.Last(l.Inputs[0]), l.Graph.Last(l.Inputs[1])]);
        string row = l.Node("Reshape", "row", [gap, l.Graph.Longs($"{l.Name}:shape", 0, l.InputShape.Size)]);
        return l.Last(l.Node("ReduceL2", "", [row], OnnxAttribute.Of("axes", [1L]), OnnxAttribute.Of("keepdims", 1L)));
    }

    private static OnnxOutput ScaledAdd(OnnxLayer l)
    {
        bool first = l.Inputs.All(i => i.PrefersFirst);
        string[] inputs = [.. l.Inputs.Select(i => first ? l.Graph.First(i) : l.Graph.Last(i))];
        string y = l.Node("Add", "", [inputs[0], l.Node("Mul", "scaled", [inputs[1], l.Graph.Scalar($"{l.Name}:scale", l.Arguments.Single("scale"))])]);
        return first ? l.First(y) : l.Last(y);
    }

    private static OnnxOutput Concatenate(OnnxLayer l)
    {
        long axis = l.Arguments.Long("axis"), rank = l.OutputShape.Rank;
        if (axis < 0) axis += rank + 1;
        bool first = l.Inputs.All(i => i.PrefersFirst);
        long there = first ? axis == rank ? 1 : axis + 1 : axis;
        string y = l.Node("Concat", "", [.. l.Inputs.Select(i => first ? l.Graph.First(i) : l.Graph.Last(i))], OnnxAttribute.Of("axis", there));
        return first ? l.First(y) : l.Last(y);
    }

    /// <summary>Matrices with the common axis last and first; their product, under the shape of the layer's output.</summary>
    private static OnnxOutput Dot(OnnxLayer l)
    {
        IReadOnlyList<long> axes = l.Arguments.Integers("axes");
        string product = l.Node("MatMul", "product", [Matrix(0, "left", true), Matrix(1, "right", false)]);
        return l.Last(l.Node("Reshape", "", [product, l.Graph.Longs($"{l.Name}:shape", [0, .. l.OutputShape.Axes.Select(n => (long)n)])]));

        string Matrix(int which, string name, bool last)
        {
            Shape shape = l.Inputs[which].Shape;
            int axis = (int)(axes[Math.Min(which, axes.Count - 1)] is var n && n < 0 ? n + shape.Rank + 1 : axes[Math.Min(which, axes.Count - 1)]);
            long[] others = [.. Enumerable.Range(1, shape.Rank).Where(i => i != axis).Select(i => (long)i)];
            string x = l.Graph.Last(l.Inputs[which]);
            if (l.Flag("normalize"))
            {
                string length = l.Node("ReduceL2", $"{name}_length", [x], OnnxAttribute.Of("axes", [axis]), OnnxAttribute.Of("keepdims", 1L));
                x = l.Node("Div", $"{name}_unit", [x, l.Node("Max", $"{name}_least", [length, l.Graph.Scalar($"{l.Name}:least", 1e-7f)])]);
            }
            x = l.Node("Transpose", $"{name}_turned", [x], OnnxAttribute.Of("perm", last ? [0, .. others, axis] : [0, axis, .. others]));
            long rest = shape.Size / shape[axis - 1];
            return l.Node("Reshape", name, [x, l.Graph.Longs($"{l.Name}:{name}_shape", last ? [0, rest, shape[axis - 1]] : [0, shape[axis - 1], rest])]);
        }
    }

    /// <summary>Over several axes they are brought together, last, and back.</summary>
    private static OnnxOutput Softmax(OnnxLayer l)
    {
        IReadOnlyList<long> asked = l.Arguments.Integers("axis");
        int rank = l.InputShape.Rank;
        int[] axes = [.. asked.Select(a => (int)(a < 0 ? a + rank + 1 : a)).Order()];
        if (axes is [var one]) return l.Last(l.Node("Softmax", "", [l.Graph.Last(l.Input)], OnnxAttribute.Of("axis", (long)one)));
        long[] order = [0, .. Enumerable.Range(1, rank).Where(i => !axes.Contains(i)).Select(i => (long)i), .. axes.Select(a => (long)a)];
        long size = axes.Aggregate(1L, (n, a) => n * l.InputShape[a - 1]);
        string x = l.Node("Transpose", "turned", [l.Graph.Last(l.Input)], OnnxAttribute.Of("perm", order));
        x = l.Node("Reshape", "rows", [x, l.Graph.Longs($"{l.Name}:rows_shape", 0, l.InputShape.Size / size, size)]);
        x = l.Node("Softmax", "softmax", [x], OnnxAttribute.Of("axis", 2L));
        x = l.Node("Reshape", "axes", [x, l.Graph.Longs($"{l.Name}:axes_shape", [0, .. order.Skip(1).Select(a => (long)l.InputShape[(int)a - 1])])]);
        return l.Last(l.Node("Transpose", "", [x], OnnxAttribute.Of("perm", [.. Enumerable.Range(0, rank + 1).Select(i => (long)Array.IndexOf(order, i))])));
    }
}
