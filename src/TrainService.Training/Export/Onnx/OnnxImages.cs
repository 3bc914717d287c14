using System.Text.Json;
using TrainService.Formats.Onnx;

namespace TrainService.Training.Export.Onnx;

/// <summary>Layers over images and sequences that learn nothing.</summary>
internal static class OnnxImages
{
    /// <summary>kernel_shape, strides, dilations and pads. Zeros are counted out: the operators' own "same" is not known to all of them.</summary>
    public static OnnxAttribute[] Window(OnnxLayer l, string size)
    {
        bool pool = size == "pool_size";
        long[] kernel = Pair(l, size), strides = !l.Arguments.Has("strides") ? kernel : Pair(l, "strides"), dilations = pool ? [.. kernel.Select(_ => 1L)] : Pair(l, "dilation_rate");
        long[] before = new long[kernel.Length], after = new long[kernel.Length];
        string padding = l.Arguments.Text("padding");
        for (int i = 0; i < kernel.Length; i++)
        {
            long n = l.InputShape[i], span = ((kernel[i] - 1) * dilations[i]) + 1;
            if (padding == "causal") before[i] = span - 1;
            if (padding != "same") continue;
            long total = Math.Max(0, ((((n + strides[i] - 1) / strides[i]) - 1) * strides[i]) + span - n);
            (before[i], after[i]) = (total / 2, total - (total / 2));
        }
        OnnxAttribute[] common = [OnnxAttribute.Of("kernel_shape", kernel), OnnxAttribute.Of("strides", strides), OnnxAttribute.Of("pads", [.. before, .. after])];
        return pool ? common : [.. common, OnnxAttribute.Of("dilations", dilations)];
    }

    public static OnnxOutput Pool(OnnxLayer l, string type) => l.First(l.Node(type, "", [l.Graph.First(l.Input)], Window(l, "pool_size")));

    public static OnnxOutput Global(OnnxLayer l, string type)
    {
        string y = l.Node(type, "pooled", [l.Graph.First(l.Input)]);
        return l.Flag("keepdims") ? l.First(y) : l.Last(l.Node("Flatten", "", [y], OnnxAttribute.Of("axis", 1L)));
    }

    public static OnnxOutput Frame(OnnxLayer l)
    {
        bool crops = l.Type.StartsWith("cropping", StringComparison.Ordinal), line = l.InputShape.Rank == 2;
        string argument = crops ? "cropping" : "padding", x = l.Graph.First(l.Input);
        // What the layer made of its argument: zeros and cuts differ only by their sign.
        (long[] before, long[] after) = line ? ([l.Arguments.Integers(argument)[0]], [l.Arguments.Integers(argument)[^1]]) : Edges((JsonElement)l.Arguments.Values[argument]!);
        if (!crops) return l.First(l.Node("Pad", "", [x, l.Graph.Longs($"{l.Name}:pads", [0, 0, .. before, 0, 0, .. after])]));
        return l.First(l.Node("Slice", "", [x, l.Graph.Longs($"{l.Name}:starts", before), l.Graph.Longs($"{l.Name}:ends", [.. after.Select((n, i) => l.InputShape[i] - n)]),
            l.Graph.Longs($"{l.Name}:axes", [.. before.Select((_, i) => i + 2L)])]));
    }

    /// <summary>Sizes are given as such, the batch's taken from what comes in; the pixel that a centre falls into, or the mix of those around it.</summary>
    public static OnnxOutput Resize(OnnxLayer l)
    {
        bool bilinear = l.Type != "up_sampling1d" && l.Arguments.Text("interpolation") == "bilinear";
        string x = l.Graph.First(l.Input);
        string batch = l.Node("Slice", "batch", [l.Node("Shape", "shape", [x]), l.Graph.Longs($"{l.Name}:from", 0), l.Graph.Longs($"{l.Name}:until", 1)]);
        string sizes = l.Node("Concat", "sizes", [batch, l.Graph.Longs($"{l.Name}:rest", [l.OutputShape[-1], .. l.OutputShape.Axes[..^1].Select(n => (long)n)])], OnnxAttribute.Of("axis", 0L));
        return l.First(l.Node("Resize", "", [x, "", "", sizes], OnnxAttribute.Of("mode", bilinear ? "linear" : "nearest"), OnnxAttribute.Of("coordinate_transformation_mode", "half_pixel"), OnnxAttribute.Of("nearest_mode", "round_prefer_ceil")));
    }

    /// <summary>One number, [height, width], or [[top, bottom], [left, right]].</summary>
    private static (long[] Before, long[] After) Edges(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Number) return ([json.GetInt64(), json.GetInt64()], [json.GetInt64(), json.GetInt64()]);
        return ([Edge(json[0], 0), Edge(json[1], 0)], [Edge(json[0], 1), Edge(json[1], 1)]);

        static long Edge(JsonElement axis, int which) => axis.ValueKind == JsonValueKind.Number ? axis.GetInt64() : axis[which].GetInt64();
    }

    public static long[] Pair(OnnxLayer l, string name) => l.Arguments.Integers(name) is var given && l.InputShape.Rank == 2 ? [given[0]] : [given[0], given[^1]];
}
