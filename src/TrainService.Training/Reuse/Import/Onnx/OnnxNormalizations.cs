using System.Text.Json.Nodes;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>Normalizations.</summary>
internal static class OnnxNormalizations
{
    public static void Batch(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        if (c.Integer("training_mode", 0) != 0 || (c.Opset < 7 && c.Integer("is_test", 0) == 0 && Enumerable.Range(1, 4).Any(i => c.Translation.IsUsed(c.Node, i)))) throw c.Refuse("it is written for training, where a batch is normalized by itself.");
        if (c.Integer("spatial", 1) == 0) throw c.Refuse("it has statistics for each pixel.");
        if (x.Axes.Count == 0) throw c.Refuse("it takes values with channels.", "broken_file");
        OnnxConstant[] parameters = [c.Constant(1, "scale"), c.Constant(2, "B"), c.Constant(3, "mean"), c.Constant(4, "variance")];
        if (parameters.Any(p => p.Count != x.Dims[0])) throw c.Refuse("its parameters don't fit its channels.", "broken_file");
        x = ChannelsLast(c, x);
        string layer = c.Layers.Add("batch_normalization", c.Name, new JsonObject { ["epsilon"] = Epsilon(c), ["momentum"] = Math.Clamp(c.Number("momentum", 0.9f), 0, 1) }, x.Layer);
        Put(c, layer, x, ["gamma", "beta", "moving_mean", "moving_variance"], parameters);
        c.Set(x with { Layer = layer, NonNegative = false });
    }

    public static void Instance(OnnxCall c) => Group(c, -1, c.Constant(1, "scale"), c.Constant(2, "B"));

    public static void Groups(OnnxCall c)
    {
        int groups = c.Size(c.Integer("num_groups", 1), "num_groups", 1, 1 << 16), channels = c.Value(0).Dims[0];
        OnnxConstant scale = c.Constant(1, "scale"), shift = c.Constant(2, "bias");
        Group(c, groups, Each(scale), Each(shift));

        // Up to version 20 there was one number for each group.
        OnnxConstant Each(OnnxConstant p) => p.Count == channels || p.Count != groups || channels % groups != 0 ? p
            : OnnxConstant.Of(p.From, [channels], [.. Enumerable.Range(0, channels).Select(i => p.Floats[i / (channels / groups)])]);
    }

    public static void Layer(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        if (c.Translation.IsUsed(c.Node, 1) || c.Translation.IsUsed(c.Node, 2)) throw c.Refuse("its mean or deviation is used.");
        int first = c.SampleAxis(c.Integer("axis", -1), x.Axes.Count + 1, "normalizes");
        OnnxConstant scale = c.Constant(1, "Scale");
        OnnxConstant? shift = c.OptionalConstant(2, "B");
        OnnxPart[] parts = [.. x.Axes.Skip(first).SelectMany(a => a)], now = [.. x.Ours.SelectMany(o => o)];
        int size = OnnxValue.Size(parts);
        if (scale.Count != size || (shift is not null && shift.Count != size)) throw c.Refuse("its scale or shift is not one number for each that is normalized.");
        if (!OnnxValue.SameParts(x.Ours[^1], parts)) x = c.Layers.Lay(x, [.. x.Axes.Take(first), [.. now.Where(parts.Contains)]]);
        string layer = c.Layers.Add("layer_normalization", c.Name, new JsonObject { ["epsilon"] = Epsilon(c), ["center"] = shift is not null }, x.Layer);
        int[] places = OnnxValue.Places(x.Ours[^1], parts);
        c.Layers.Weight(layer, "gamma", scale, [size], () => OnnxAffine.Pick(scale, places));
        if (shift is not null) c.Layers.Weight(layer, "beta", shift, [size], () => OnnxAffine.Pick(shift, places));
        c.Set(x with { Layer = layer, NonNegative = false });
    }

    /// <summary>ONNX divides alpha by the size of the window, and an even one leans forwards.</summary>
    public static void Local(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        int size = c.Size(c.Integer("size", 0), "size", 1, 2048);
        if (size % 2 == 0) throw c.Refuse($"its window of {size} is even: here as many neighbours count on both sides.");
        if (x.Axes.Count < 2) throw c.Refuse("it takes images.", "broken_file");
        x = ChannelsLast(c, c.Layers.Plain(x));
        if (!x.Ours[^1].SequenceEqual(x.Axes[0])) x = c.Layers.AsImage(x);
        c.Set(x with
        {
            Layer = c.Layers.Add("local_response_normalization", c.Name, new JsonObject
            {
                ["depth_radius"] = size / 2, ["alpha"] = (double)c.Number("alpha", 1e-4f) / size, ["beta"] = c.Number("beta", 0.75f), ["bias"] = c.Number("bias", 1),
            }, x.Layer),
        });
    }

    private static void Group(OnnxCall c, int groups, OnnxConstant scale, OnnxConstant shift)
    {
        OnnxValue x = c.Value(0);
        if (x.Axes.Count < 2 || scale.Count != x.Dims[0] || shift.Count != x.Dims[0]) throw c.Refuse("its scale and shift don't fit its channels.", "broken_file");
        x = c.Layers.AsImage(x);
        string layer = c.Layers.Add("group_normalization", c.Name, new JsonObject { ["groups"] = groups, ["epsilon"] = Epsilon(c) }, x.Layer);
        c.Layers.Weight(layer, "gamma", scale, [scale.Count], () => scale.Floats);
        c.Layers.Weight(layer, "beta", shift, [shift.Count], () => shift.Floats);
        c.Set(x with { Layer = layer, NonNegative = false });
    }

    private static OnnxValue ChannelsLast(OnnxCall c, OnnxValue x)
    {
        if (OnnxValue.SameParts(x.Ours[^1], x.Axes[0])) return x;
        OnnxPart[] now = [.. x.Ours.SelectMany(o => o)], own = [.. now.Where(x.Axes[0].Contains)];
        return c.Layers.Lay(x, x.Axes.Count == 1 ? [own] : [[.. now.Where(p => !own.Contains(p))], own]);
    }

    private static void Put(OnnxCall c, string layer, OnnxValue x, string[] roles, OnnxConstant[] parameters)
    {
        int[] places = OnnxValue.Places(x.Ours[^1], x.Axes[0]);
        bool moved = places.Where((p, i) => p != i).Any();
        for (int i = 0; i < roles.Length; i++)
        {
            OnnxConstant parameter = parameters[i];
            c.Layers.Weight(layer, roles[i], parameter, [parameter.Count], () => moved ? OnnxAffine.Pick(parameter, places) : parameter.Floats, moved ? "from [channels, …] to [… , channels]" : null);
        }
    }

    private static double Epsilon(OnnxCall c) => c.Number("epsilon", 1e-5f) is var epsilon and > 0 and <= 1 ? epsilon : throw c.Refuse("its epsilon is not between 0 and 1.");
}
