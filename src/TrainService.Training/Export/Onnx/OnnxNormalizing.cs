using TrainService.Formats;
using TrainService.Formats.Onnx;

namespace TrainService.Training.Export.Onnx;

/// <summary>Normalizations.</summary>
internal static class OnnxNormalizing
{
    private const float LeastDeviation = 1e-7f;

    public static OnnxOutput Batch(OnnxLayer l)
    {
        string y = l.Node("BatchNormalization", "", [l.Graph.First(l.Input), OrAll(l, "gamma", 1), OrAll(l, "beta", 0), l.Constant("moving_mean"), l.Constant("moving_variance")],
            OnnxAttribute.Of("epsilon", l.Arguments.Single("epsilon")), OnnxAttribute.Of("momentum", l.Arguments.Single("momentum")));
        return l.InputShape.Rank == 1 ? l.Last(y) : l.First(y);
    }

    /// <summary>The operator normalizes the last axes: others are brought there and back.</summary>
    public static OnnxOutput Layer(OnnxLayer l)
    {
        int rank = l.InputShape.Rank;
        int[] axes = [.. l.Arguments.Integers("axis").Select(a => (int)(a < 0 ? a + rank : a - 1)).Order()];
        long[] order = [0, .. Enumerable.Range(0, rank).Where(i => !axes.Contains(i)).Select(i => i + 1L), .. axes.Select(a => a + 1L)];
        bool last = order.Select((a, i) => a == i).All(same => same);
        long[] shape = [.. axes.Select(a => (long)l.InputShape[a])];
        string x = l.Graph.Last(l.Input);
        if (!last) x = l.Node("Transpose", "turned", [x], OnnxAttribute.Of("perm", order));
        List<string> inputs = [x, l.HasTensor("gamma") ? l.Constant("gamma") : Filled(l, "gamma", shape, 1)];
        if (l.HasTensor("beta")) inputs.Add(l.Constant("beta"));
        string y = l.Node("LayerNormalization", last ? "" : "normalized", inputs, OnnxAttribute.Of("axis", (long)-axes.Length), OnnxAttribute.Of("epsilon", l.Arguments.Single("epsilon")));
        return l.Last(last ? y : l.Node("Transpose", "", [y], OnnxAttribute.Of("perm", [.. Enumerable.Range(0, rank + 1).Select(i => (long)Array.IndexOf(order, i))])));
    }

    /// <summary>Each group as one channel of an instance normalization; its scale and shift behind it, channel by channel.</summary>
    public static OnnxOutput Group(OnnxLayer l)
    {
        int rank = l.InputShape.Rank, channels = l.InputShape[-1];
        long axis = l.Arguments.Long("axis"), groups = l.Arguments.Long("groups") is var asked and > 0 ? asked : channels;
        if (axis != -1 && axis != rank) throw l.Refuse("ONNX has its channels in one place: only the last axis can be normalized in groups.");
        long[] own = [channels, .. Enumerable.Repeat(1L, rank - 1)];
        string x = l.Node("Reshape", "groups", [l.Graph.First(l.Input), l.Graph.Longs($"{l.Name}:groups_shape", 0, groups, -1)]);
        x = l.Node("InstanceNormalization", "normalized", [x, Filled(l, "ones", [groups], 1), Filled(l, "zeros", [groups], 0)], OnnxAttribute.Of("epsilon", l.Arguments.Single("epsilon")));
        x = l.Node("Reshape", "back", [x, l.Graph.Longs($"{l.Name}:back_shape", [0, channels, .. l.InputShape.Axes[..^1].Select(n => (long)n)])]);
        if (l.HasTensor("gamma")) x = l.Node("Mul", "scaled", [x, Seen(l, "gamma", own)]);
        if (l.HasTensor("beta")) x = l.Node("Add", "shifted", [x, Seen(l, "beta", own)]);
        return rank == 1 ? l.Last(x) : l.First(x);
    }

    /// <summary>ONNX divides alpha by the size of the window.</summary>
    public static OnnxOutput Local(OnnxLayer l)
    {
        int size = (2 * l.Arguments.Integer("depth_radius")) + 1;
        // The operator takes images: a row is an image of one pixel.
        long[] shape = [0, l.InputShape[-1], .. l.InputShape.Rank == 3 ? l.InputShape.Axes[..^1].Select(n => (long)n) : [1, l.InputShape.Size / l.InputShape[-1]]];
        string x = l.Graph.First(l.Input);
        if (l.InputShape.Rank != 3) x = l.Node("Reshape", "image", [x, l.Graph.Longs($"{l.Name}:image_shape", shape)]);
        x = l.Node("LRN", l.InputShape.Rank == 3 ? "" : "normalized", [x], OnnxAttribute.Of("size", (long)size), OnnxAttribute.Of("alpha", l.Arguments.Single("alpha") * size), OnnxAttribute.Of("beta", l.Arguments.Single("beta")),
            OnnxAttribute.Of("bias", l.Arguments.Single("bias")));
        if (l.InputShape.Rank != 3) x = l.Node("Reshape", "", [x, l.Graph.Longs($"{l.Name}:shape", [0, l.InputShape[-1], .. l.InputShape.Axes[..^1].Select(n => (long)n)])]);
        return l.InputShape.Rank == 1 ? l.Last(x) : l.First(x);
    }

    public static OnnxOutput Features(OnnxLayer l)
    {
        int rank = l.InputShape.Rank;
        int[] axes = l.Arguments.Has("axis") ? [.. l.Arguments.Integers("axis").Select(a => (int)(a < 0 ? a + rank : a - 1))] : [];
        long[] shape = [.. Enumerable.Range(0, rank).Select(i => axes.Contains(i) ? l.InputShape[i] : 1L)];
        NamedArray variance = l.Tensor("variance"), mean = l.Tensor("mean");
        string deviation = l.Graph.Floats($"{l.Name}/deviation", shape, [.. variance.ToSingles().Select(v => MathF.Max(MathF.Sqrt(v), LeastDeviation))]), means = l.Graph.Floats($"{l.Name}/mean", shape, mean.ToSingles());
        string x = l.Graph.Last(l.Input);
        return l.Last(l.Flag("invert") ? l.Node("Add", "", [l.Node("Mul", "scaled", [x, deviation]), means]) : l.Node("Div", "", [l.Node("Sub", "centred", [x, means]), deviation]));
    }

    private static string OrAll(OnnxLayer l, string role, float value) => l.HasTensor(role) ? l.Constant(role) : Filled(l, role, [l.InputShape[-1]], value);

    private static string Filled(OnnxLayer l, string name, long[] shape, float value) => l.Graph.Floats($"{l.Name}:{name}", shape, [.. Enumerable.Repeat(value, (int)shape.Aggregate(1L, (a, b) => a * b))]);

    private static string Seen(OnnxLayer l, string role, long[] shape) => l.Reordered(role, shape, [.. Enumerable.Range(0, shape.Length)]);
}
