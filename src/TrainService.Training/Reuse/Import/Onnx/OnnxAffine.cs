using System.Text.Json.Nodes;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>
/// Constants joined to what comes in. One number is a rescaling; numbers for each channel, or for each place, are a frozen batch normalization over just those
/// axes whose mean is 0 and variance 1: y = gamma · x + beta.
/// </summary>
internal static class OnnxAffine
{
    /// <summary>So small that 1 and it are 1 in float32.</summary>
    private const double NoEpsilon = 1e-20;

    /// <summary>y = scale · x + offset; null for one that is not there.</summary>
    public static OnnxValue Apply(OnnxCall c, OnnxValue x, OnnxConstant? scale, OnnxConstant? offset)
    {
        OnnxConstant given = (scale ?? offset)!;
        if (given.Count == 1 && given.Shape.Count <= x.Axes.Count + 1) return x with { Layer = OnnxElementwise.Rescale(c, x.Layer, scale?.Floats[0] ?? 1, offset?.Floats[0] ?? 0), NonNegative = false };
        if (offset is not null && scale is null && TryGiveBias(c, x, offset) is { } biased) return biased;
        (x, OnnxPart[] parts, OnnxConstant aligned) = Align(c, x, given);
        int[] places = OnnxValue.Places(x.Ours[^1], parts);
        string layer = c.Layers.Add("batch_normalization", c.Name,
            new JsonObject { ["epsilon"] = NoEpsilon, ["momentum"] = 0.99, ["center"] = offset is not null, ["scale"] = scale is not null, ["trainable"] = false }, x.Layer);
        c.Layers.Weight(layer, scale is not null ? "gamma" : "beta", given, [places.Length], () => Pick(aligned, places), "as gamma or beta of a frozen normalization that does nothing else");
        c.Layers.Made(layer, "moving_mean", places.Length, 0);
        c.Layers.Made(layer, "moving_variance", places.Length, 1);
        return x with { Layer = layer, NonNegative = false };
    }

    /// <summary>The value with the axes that a constant differs along last, as one; those parts in ONNX's order; the constant's numbers along them.</summary>
    public static (OnnxValue Value, OnnxPart[] Parts, OnnxConstant Constant) Align(OnnxCall c, OnnxValue x, OnnxConstant constant)
    {
        int rank = x.Axes.Count + 1;
        if (constant.Shape.Count > rank) throw c.Refuse($"its constant has {constant.Shape.Count} axes, what comes in has {rank}: it would get more.");
        long[] shape = [.. Enumerable.Repeat(1L, rank - constant.Shape.Count), .. constant.Shape];
        if (shape[0] != 1) throw c.Refuse("its constant differs along the batch: samples are worked on one by one here.");
        int[] dims = x.Dims;
        for (int i = 0; i < dims.Length; i++)
            if (shape[i + 1] != 1 && shape[i + 1] != dims[i]) throw c.Refuse($"its constant has {shape[i + 1]} numbers along an axis of {dims[i]}.");
        OnnxPart[] parts = [.. x.Axes.Where((_, i) => shape[i + 1] > 1).SelectMany(a => a)];
        if (!OnnxValue.SameParts(x.Ours[^1], parts))
        {
            OnnxPart[] now = [.. x.Ours.SelectMany(o => o)];
            OnnxPart[] others = [.. now.Where(p => !parts.Contains(p))], own = [.. now.Where(parts.Contains)];
            x = c.Layers.Lay(x, others.Length == 0 ? [own] : [others, own]);
        }
        return (x, parts, constant);
    }

    public static float[] Pick(OnnxConstant constant, int[] places)
    {
        float[] values = constant.Floats;
        return [.. places.Select(p => values[p])];
    }

    /// <summary>A dense layer or a convolution without bias whose result goes nowhere else gets the numbers as its bias.</summary>
    private static OnnxValue? TryGiveBias(OnnxCall c, OnnxValue x, OnnxConstant offset)
    {
        int value = Enumerable.Range(0, c.Count).First(c.IsValue);
        if (!c.Translation.IsUsedOnce(c.Node.Inputs[value]) || c.Layers.Type(x.Layer) is not ("dense" or "conv2d" or "depthwise_conv2d" or "conv1d" or "conv2d_transpose")) return null;
        JsonObject layer = c.Layers.Json(x.Layer);
        if (layer["use_bias"]?.GetValue<bool>() != false) return null;
        int rank = x.Axes.Count + 1, channels = c.Layers.Type(x.Layer) == "dense" ? x.Axes.Count - 1 : 0;
        long[] shape = [.. Enumerable.Repeat(1L, Math.Max(0, rank - offset.Shape.Count)), .. offset.Shape];
        if (shape.Length != rank || shape.Where((n, i) => n != (i == channels + 1 ? x.Dims[channels] : 1)).Any() || x.Ours[^1].Length != 1 || !x.Ours[^1].SequenceEqual(x.Axes[channels])) return null;
        layer["use_bias"] = true;
        c.Layers.Weight(x.Layer, "bias", offset, [offset.Count], () => offset.Floats);
        return x;
    }
}
