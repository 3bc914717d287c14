using System.Text.Json.Nodes;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>Operators that work on each number by itself.</summary>
internal static class OnnxElementwise
{
    private const float SeluAlpha = 1.67326319217681884765625f, SeluGamma = 1.05070102214813232421875f;

    /// <summary>y = scale · x + offset as a layer.</summary>
    public static string Rescale(OnnxCall c, string input, double scale, double offset)
        => scale == 1 && offset == 0 ? input : c.Layers.Add("rescaling", $"{c.Name}_scale", new JsonObject { ["scale"] = scale, ["offset"] = offset }, input);

    public static void Unary(OnnxCall c, string type, bool nonNegative = false) => c.Set(Apply(c, c.Value(0), type, []) with { NonNegative = nonNegative });

    public static void Relu(OnnxCall c) => Unary(c, "relu", nonNegative: true);

    public static void LeakyRelu(OnnxCall c) => c.Set(Apply(c, c.Value(0), "leaky_relu", new JsonObject { ["negative_slope"] = c.Number("alpha", 0.01f) }));

    public static void Elu(OnnxCall c) => c.Set(Apply(c, c.Value(0), "elu", new JsonObject { ["alpha"] = c.Number("alpha", 1) }));

    public static void Selu(OnnxCall c)
    {
        float alpha = c.Number("alpha", SeluAlpha), gamma = c.Number("gamma", SeluGamma);
        OnnxValue x = c.Value(0);
        if (Math.Abs(alpha - SeluAlpha) < 1e-5 && Math.Abs(gamma - SeluGamma) < 1e-5) c.Set(Apply(c, x, "selu", []));
        else c.Set(Scaled(c, Apply(c, x, "elu", new JsonObject { ["alpha"] = alpha }), gamma));
    }

    /// <summary>max(x, 0) + min(0, α (e^(x/α) - 1)) = α · elu(x / α).</summary>
    public static void Celu(OnnxCall c)
    {
        float alpha = c.Number("alpha", 1);
        if (!(alpha > 0)) throw c.Refuse($"its alpha is {alpha}.");
        c.Set(Scaled(c, Apply(c, Scaled(c, c.Value(0), 1.0 / alpha), "elu", []), alpha));
    }

    public static void ThresholdedRelu(OnnxCall c) => c.Set(Apply(c, c.Value(0), "relu", new JsonObject { ["threshold"] = c.Number("alpha", 1) }) with { NonNegative = true });

    public static void HardSigmoid(OnnxCall c)
    {
        float alpha = c.Number("alpha", 0.2f), beta = c.Number("beta", 0.5f);
        OnnxValue x = c.Value(0);
        if (Math.Abs(alpha - (1f / 6)) < 1e-6 && beta == 0.5f) c.Set(Apply(c, x, "hard_sigmoid", []) with { NonNegative = true });
        else c.Set(Apply(c, x with { Layer = Rescale(c, x.Layer, alpha, beta) }, "relu", new JsonObject { ["max_value"] = 1 }) with { NonNegative = true });
    }

    public static void Gelu(OnnxCall c) => c.Set(Apply(c, c.Value(0), "gelu", new JsonObject { ["approximate"] = c.Text("approximate", "none") == "tanh" }));

    /// <summary>x · sigmoid(α x).</summary>
    public static void Swish(OnnxCall c)
    {
        if (c.Number("alpha", 1) != 1) throw c.Refuse("its alpha is not 1.");
        Unary(c, "swish");
    }

    public static void Clip(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        float low = c.HasAttribute("min") ? c.Number("min", 0) : Bound(1, "min", float.NegativeInfinity), high = c.HasAttribute("max") ? c.Number("max", 0) : Bound(2, "max", float.PositiveInfinity);
        if (low == float.MinValue) low = float.NegativeInfinity;
        if (high == float.MaxValue) high = float.PositiveInfinity;
        if (!(low <= high)) throw c.Refuse($"it keeps numbers between {low} and {high}.");
        c.Set(Limit(c, x, low, high));

        float Bound(int i, string what, float otherwise) => c.OptionalConstant(i, what) is { Count: > 0 } bound ? bound.Floats[0] : otherwise;
    }

    /// <summary>min(max(x, low), high), made of relu, and of shifting to where relu bends.</summary>
    public static OnnxValue Limit(OnnxCall c, OnnxValue x, float low, float high)
    {
        if (float.IsNegativeInfinity(low) && float.IsPositiveInfinity(high)) return x;
        if (float.IsNegativeInfinity(low))
        {
            OnnxValue mirrored = Apply(c, x with { Layer = Rescale(c, x.Layer, -1, high) }, "relu", []);
            return mirrored with { Layer = Rescale(c, mirrored.Layer, -1, high), NonNegative = x.NonNegative && high >= 0 };
        }
        JsonObject arguments = float.IsPositiveInfinity(high) ? [] : new JsonObject { ["max_value"] = (double)high - low };
        OnnxValue bounded = low == 0 && high == 6 ? Apply(c, x, "relu6", []) : Apply(c, x with { Layer = Rescale(c, x.Layer, 1, -low) }, "relu", arguments);
        return bounded with { Layer = Rescale(c, bounded.Layer, 1, low), NonNegative = low >= 0 };
    }

    public static void Softmax(OnnxCall c, bool log)
    {
        OnnxValue x = c.Value(0);
        int rank = x.Axes.Count + 1;
        // Up to version 12 everything from the axis on is one row.
        bool old = c.Opset < 13;
        int first = c.SampleAxis(c.Integer("axis", old ? 1 : -1), rank, log ? "takes the softmax" : "adds up to 1");
        OnnxPart[] row = [.. x.Axes.Where((_, i) => i == first || (old && i > first)).SelectMany(a => a)], others = [.. x.Ours.SelectMany(o => o).Where(p => !row.Contains(p))];
        row = [.. x.Ours.SelectMany(o => o).Where(row.Contains)];
        if (!x.Ours[^1].SequenceEqual(row)) x = c.Layers.Lay(x, others.Length == 0 ? [row] : [others, row]);
        c.Set(Apply(c, x, log ? "log_softmax" : "softmax", []) with { NonNegative = !log });
    }

    public static void PRelu(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        OnnxConstant slope = c.Constant(1, "slope");
        if (slope.Count == 1)
        {
            c.Set(slope.Floats[0] >= 0 ? Apply(c, x, "leaky_relu", new JsonObject { ["negative_slope"] = slope.Floats[0] }) : throw c.Refuse("its slope is negative."));
            return;
        }
        (x, OnnxPart[] parts, OnnxConstant aligned) = OnnxAffine.Align(c, x, slope);
        // The axes with slopes of their own stand last, as one.
        int[] shared = [.. Enumerable.Range(1, x.Ours.Count - 1)];
        string layer = c.Layers.Add("prelu", c.Name, shared.Length == 0 ? [] : new JsonObject { ["shared_axes"] = OnnxLayers.Numbers(shared) }, x.Layer);
        int[] places = OnnxValue.Places(x.Ours[^1], parts);
        c.Layers.Weight(layer, "alpha", slope, [.. shared.Select(_ => 1L), places.Length], () => OnnxAffine.Pick(aligned, places), "in the order of the axes here");
        c.Set(x with { Layer = layer, NonNegative = false });
    }

    public static void Cast(OnnxCall c)
    {
        OnnxValue x = c.Lookup(0);
        long to = c.Integer("to", 1);
        if (((Formats.Onnx.OnnxElement)to) is Formats.Onnx.OnnxElement.Float16 or Formats.Onnx.OnnxElement.BFloat16) c.Note("left out: here all numbers are float32");
        bool whole = to is not (1 or 10 or 11 or 16);
        if (to is 8 or 9) throw c.Refuse("it makes texts or truth values.");
        if (!whole && x.IsCut) throw c.Refuse("it works on numbers that were cut to whole ones, which only looking up (Gather) does here.");
        c.Set(whole && !x.IsWhole ? x with { IsCut = true } : x);
    }

    public static OnnxValue Apply(OnnxCall c, OnnxValue x, string type, JsonObject arguments) => x with { Layer = c.Layers.Add(type, c.Name, arguments, x.Layer), NonNegative = false };

    private static OnnxValue Scaled(OnnxCall c, OnnxValue x, double scale) => x with { Layer = Rescale(c, x.Layer, scale, 0) };
}
