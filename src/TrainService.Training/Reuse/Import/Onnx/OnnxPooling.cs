using System.Text.Json.Nodes;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>Pooling. Zeros around an image are not what ONNX means by pads: they count for nothing there, so they are only put where that is the same.</summary>
internal static class OnnxPooling
{
    public static void Max(OnnxCall c)
    {
        if (c.Translation.IsUsed(c.Node, 1)) throw c.Refuse("its second output, the places of the maxima, is used.");
        Pool(c, average: false);
    }

    public static void Average(OnnxCall c) => Pool(c, average: true);

    public static void Global(OnnxCall c, bool average)
    {
        OnnxValue x = c.Value(0);
        if (x.Axes.Count < 2) throw c.Refuse("it takes images or sequences.", "broken_file");
        c.Set(Reduce(c, x, [.. Enumerable.Range(1, x.Axes.Count - 1)], average, keep: true));
    }

    public static void Reduction(OnnxCall c, bool average, bool sum = false, bool smallest = false)
    {
        OnnxValue x = c.Value(0);
        IReadOnlyList<long>? given = c.AttributeOrInput("axes", 1);
        if (given is not { Count: > 0 } && c.Integer("noop_with_empty_axes", 0) != 0)
        {
            c.Set(x);
            return;
        }
        int rank = x.Axes.Count + 1;
        int[] axes = [.. (given is { Count: > 0 } ? given : [.. Enumerable.Range(0, rank).Select(i => (long)i)]).Select(a => c.SampleAxis(a, rank, "reduces")).Distinct()];
        if (smallest) x = x with { Layer = OnnxElementwise.Rescale(c, x.Layer, -1, 0), NonNegative = false };
        int count = axes.Aggregate(1, (n, axis) => checked(n * x.Dims[axis]));
        OnnxValue y = Reduce(c, x, axes, average, c.Integer("keepdims", 1) != 0);
        if (smallest) y = y with { Layer = OnnxElementwise.Rescale(c, y.Layer, -1, 0), NonNegative = false };
        if (sum) y = y with { Layer = OnnxElementwise.Rescale(c, y.Layer, count, 0) };
        c.Set(y);
    }

    private static OnnxValue Reduce(OnnxCall c, OnnxValue x, int[] axes, bool average, bool keep)
    {
        OnnxPart[] gone = [.. axes.SelectMany(a => x.Axes[a])], stay = [.. x.Axes.Where((_, i) => !axes.Contains(i)).SelectMany(a => a)];
        // In the order in which they lie here already: a mean or a maximum doesn't mind.
        gone = [.. x.Ours.SelectMany(o => o).Where(gone.Contains)];
        stay = [.. x.Ours.SelectMany(o => o).Where(stay.Contains)];
        bool image = x.Ours.Count == 3 && x.Ours[2].SequenceEqual(stay);
        if (!image) x = c.Layers.Lay(x, [gone, stay]);
        string layer = c.Layers.Add($"global_{(average ? "average" : "max")}_pooling{(image ? "2d" : "1d")}", c.Name, [], x.Layer);
        return x with { Layer = layer, Axes = [.. x.Axes.Select((a, i) => axes.Contains(i) ? [] : a).Where((_, i) => keep || !axes.Contains(i))], Ours = [stay] };
    }

    private static void Pool(OnnxCall c, bool average)
    {
        OnnxValue x = c.Value(0);
        if (x.Axes.Count < 2) throw c.Refuse("it takes images or sequences.", "broken_file");
        x = c.Layers.AsImage(x);
        int channels = x.Dims[0];
        int[] sizes = x.Dims[1..];
        OnnxWindows w = OnnxWindows.Of(c, sizes, c.Integers("kernel_shape") ?? throw c.Refuse("its kernel_shape is missing.", "broken_file"));
        if (w.Dilations.Max() > 1) throw c.Refuse("its windows have gaps (dilations).");
        bool withZeros = average && c.Integer("count_include_pad", 0) != 0;
        if (withZeros && w.HasPads && c.Integer("ceil_mode", 0) != 0) throw c.Refuse("it counts pads and has ceil_mode.");
        string layer = x.Layer;
        if (!w.HasPads || (w.IsSame(sizes) && !withZeros)) layer = Add(layer, w.Kernel, w.Strides, w.HasPads, c.Name);
        else if (withZeros || (!average && x.NonNegative))
        {
            // Zeros that are counted are zeros; nothing is below them anyway.
            x = c.Layers.AsImage(OnnxShapes.Frame(c, x, [default, .. w.Before.Zip(w.After)]));
            layer = Add(x.Layer, w.Kernel, w.Strides, false, c.Name);
        }
        else if (Enumerable.Range(0, w.Axes).All(i => w.Before[i] <= (w.Kernel[i] - 1) / 2 && First(i) + ((w.Out[i] - 1) * w.Strides[i]) < sizes[i]))
        {
            // A window at every pixel, as "same" has it; of those the ones that are asked for.
            OnnxValue all = OnnxConvolutions.Put(Add(layer, w.Kernel, [.. w.Strides.Select(_ => 1)], true, $"{c.Name}_all"), channels, sizes);
            if (w.Axes == 1) all = OnnxShapes.Cut(c, all, 1, First(0), w.Out[0], w.Strides[0]);
            else
            {
                int[] ends = [.. sizes.Select((n, i) => n - First(i) - ((w.Out[i] - 1) * w.Strides[i]) - 1)];
                if (First(0) + First(1) + ends.Sum() > 0)
                    all = all with { Layer = c.Layers.Add("cropping2d", $"{c.Name}_crop", new JsonObject { ["cropping"] = OnnxShapes.Pairs((First(0), ends[0]), (First(1), ends[1])) }, all.Layer) };
                if (w.Strides.Max() > 1) all = all with { Layer = c.Layers.Add("max_pooling2d", c.Name, new JsonObject { ["pool_size"] = 1, ["strides"] = OnnxLayers.Numbers(w.Strides) }, all.Layer) };
            }
            layer = all.Layer;
        }
        else if (average)
        {
            // The mean with zeros, times how many there are for each that is real.
            x = c.Layers.AsImage(OnnxShapes.Frame(c, x, [default, .. w.Before.Zip(w.After)]));
            OnnxValue mean = OnnxConvolutions.Put(Add(x.Layer, w.Kernel, w.Strides, false, $"{c.Name}_all"), channels, w.Out);
            c.Set(OnnxAffine.Apply(c, mean, Corrections(w, sizes), null) with { NonNegative = x.NonNegative });
            return;
        }
        else throw c.Refuse($"its pads [{string.Join(", ", w.Before.Concat(w.After))}] are not those of padding \"same\", and what comes in may be negative.");
        c.Set(OnnxConvolutions.Put(layer, channels, w.Out) with { NonNegative = x.NonNegative });

        // The pixel of the first window, where "same" counts windows by theirs.
        int First(int i) => ((w.Kernel[i] - 1) / 2) - w.Before[i];

        string Type(bool mean) => $"{(mean ? "average" : "max")}_pooling{(w.Axes == 1 ? "1d" : "2d")}";

        string Add(string input, int[] pool, int[] strides, bool same, string name) => c.Layers.Add(Type(average), name,
            new JsonObject { ["pool_size"] = OnnxLayers.Numbers(pool), ["strides"] = OnnxLayers.Numbers(strides), ["padding"] = same ? "same" : "valid" }, input);
    }

    /// <summary>For each window its size by the cells of it that are real.</summary>
    private static OnnxConstant Corrections(OnnxWindows w, int[] sizes)
    {
        float[] factors = [1];
        for (int i = 0; i < w.Axes; i++)
        {
            float[] own = [.. Enumerable.Range(0, w.Out[i]).Select(o => (o * w.Strides[i]) - w.Before[i]).Select(from => (float)w.Kernel[i] / Math.Max(1, Math.Min(from + w.Kernel[i], sizes[i]) - Math.Max(from, 0)))];
            factors = [.. factors.SelectMany(f => own.Select(n => f * n))];
        }
        return OnnxConstant.Of("(cells of a window)", [1, .. w.Out.Select(n => (long)n)], factors);
    }
}
