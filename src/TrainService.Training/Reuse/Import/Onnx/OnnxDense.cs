using System.Text.Json.Nodes;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>Products with matrices. Behind a flattened image the rows of the matrix are put into the order in which the pixels lie here.</summary>
internal static class OnnxDense
{
    public static void Gemm(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        OnnxConstant kernel = c.Constant(1, "matrix");
        OnnxConstant? bias = c.OptionalConstant(2, "bias");
        if (c.Integer("transA", 0) != 0) throw c.Refuse("it turns what comes in around, batch and features.");
        if (x.Axes.Count != 1 || kernel.Shape.Count != 2) throw c.Refuse("it multiplies something else than rows and a matrix.", "broken_file");
        float alpha = c.Number("alpha", 1), beta = c.Number("beta", 1);
        bool transposed = c.Integer("transB", 0) != 0;
        c.Set(Dense(c, x, kernel, transposed ? kernel.Turn([1, 0]) : kernel, bias, alpha, beta, transposed ? "transposed" : null));
    }

    public static void MatMul(OnnxCall c)
    {
        if (c.IsValue(0) && c.IsValue(1))
        {
            Dot(c);
            return;
        }
        OnnxValue x = c.Value(0);
        OnnxConstant kernel = c.Constant(1, "matrix");
        if (kernel.Shape.Count != 2 || x.Axes.Count == 0) throw c.Refuse("its second input is no matrix.");
        c.Set(Dense(c, x, kernel, kernel, null, 1, 1, null));
    }

    private static OnnxValue Dense(OnnxCall c, OnnxValue x, OnnxConstant source, OnnxConstant kernel, OnnxConstant? bias, float alpha, float beta, string? change)
    {
        int rows = x.Dims[^1];
        long units = kernel.Shape[1];
        if (kernel.Shape[0] != rows || units < 1) throw c.Refuse($"its matrix is [{string.Join(", ", kernel.Shape)}], but {rows} features come in.", "broken_file");
        if (bias is not null && (bias.Count != units && bias.Count != 1 || (bias.Shape.Count > 0 && bias.Shape[^1] != bias.Count))) throw c.Refuse("its bias is none that all rows share.");
        OnnxPart[] features = x.Axes[^1];
        if (!OnnxValue.SameParts(x.Ours[^1], features))
        {
            OnnxPart[] now = [.. x.Ours.SelectMany(o => o)], own = [.. now.Where(features.Contains)];
            OnnxPart[][] others = [.. x.Axes.SkipLast(1)];
            x = c.Layers.Lay(x, x.Axes.Count == 1 ? [own] : [.. others, own]);
        }
        int[] places = OnnxValue.Places(x.Ours[^1], features);
        bool moved = places.Where((p, i) => p != i).Any();
        string layer = c.Layers.Add("dense", c.Name, new JsonObject { ["units"] = units, ["use_bias"] = bias is not null }, x.Layer);
        if (moved) change = $"{(change is null ? "" : change + ", ")}its inputs from [channels, …] to [… , channels]";
        c.Layers.Weight(layer, "kernel", source, kernel.Shape, () => Kernel(kernel, places, moved, alpha), alpha == 1 ? change : $"{(change is null ? "" : change + ", ")}times {alpha}");
        if (bias is not null) c.Layers.Weight(layer, "bias", bias, [units], () => Bias(bias, units, beta));
        OnnxPart[] output = OnnxValue.Axis((int)units);
        return x with { Layer = layer, Axes = [.. x.Axes.SkipLast(1), output], Ours = [.. x.Ours.SkipLast(1), output], NonNegative = false };
    }

    private static float[] Kernel(OnnxConstant kernel, int[] places, bool moved, float alpha)
    {
        float[] values = kernel.Floats;
        if (moved)
        {
            int units = (int)kernel.Shape[1];
            float[] turned = new float[values.Length];
            for (int i = 0; i < places.Length; i++) values.AsSpan(places[i] * units, units).CopyTo(turned.AsSpan(i * units));
            values = turned;
        }
        return alpha == 1 ? values : [.. values.Select(v => alpha * v)];
    }

    private static float[] Bias(OnnxConstant bias, long units, float beta)
    {
        float[] values = bias.Floats;
        return [.. Enumerable.Range(0, (int)units).Select(i => beta * values[values.Length == 1 ? 0 : i])];
    }

    /// <summary>A product of two values, matrix by matrix.</summary>
    private static void Dot(OnnxCall c)
    {
        OnnxValue a = c.Value(0), b = c.Value(1);
        if (a.Axes.Count != 2 || b.Axes.Count != 2 || a.Dims[1] != b.Dims[0]) throw c.Refuse("it multiplies stacks of matrices that both depend on what comes in.");
        (a, b) = (c.Layers.Lay(a, a.Axes), c.Layers.Lay(b, b.Axes));
        string layer = c.Layers.Add("dot", c.Name, new JsonObject { ["axes"] = OnnxLayers.Numbers([2, 1]) }, a.Layer, b.Layer);
        OnnxPart[] rows = OnnxValue.Axis(a.Dims[0]), columns = OnnxValue.Axis(b.Dims[1]);
        c.Set(new OnnxValue(layer, [rows, columns], [rows, columns]));
    }
}
