using System.Text.Json.Nodes;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>Operators that move numbers without changing them.</summary>
internal static class OnnxShapes
{
    public static void Reshape(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        long[] now = [c.Translation.Batch, .. x.Dims.Select(n => (long)n)], target = Target(c, now, c.AttributeOrInput("shape", 1) ?? throw c.Refuse("its shape is missing.", "broken_file"));
        if (target.Length == 0 || target[0] != c.Translation.Batch) throw c.Refuse($"it mixes the batch with other axes: {Show(c, now)} becomes {Show(c, target)}.");
        c.Set(Regroup(c, x, target[1..]));
    }

    public static void Flatten(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        int axis = c.Axis(c.Integer("axis", 1), x.Axes.Count + 2);
        if (axis != 1) throw c.Refuse($"it flattens from axis {axis} on: the batch must stay an axis of its own, as with axis 1.");
        c.Set(Regroup(c, x, [x.Dims.Aggregate(1L, (a, b) => a * b)]));
    }

    public static void Transpose(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        int[] order = Order(c, x.Axes.Count + 1);
        if (order[0] != 0) throw c.Refuse("it moves the batch to another axis.");
        c.Set(x.Transpose([.. order.Skip(1).Select(i => i - 1)]));
    }

    public static void Squeeze(OnnxCall c)
    {
        OnnxValue x = c.Lookup(0);
        c.Set(SetShape(c, x, Squeezed(c, [c.Translation.Batch, .. x.Dims.Select(n => (long)n)], c.AttributeOrInput("axes", 1))));
    }

    public static void Unsqueeze(OnnxCall c)
    {
        OnnxValue x = c.Lookup(0);
        c.Set(SetShape(c, x, Unsqueezed(c, [c.Translation.Batch, .. x.Dims.Select(n => (long)n)], c.AttributeOrInput("axes", 1) ?? [])));
    }

    public static void Expand(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        long[] now = [c.Translation.Batch, .. x.Dims.Select(n => (long)n)];
        if (!OnnxFolding.Broadcast(c, now, c.Constant(1, "shape").Longs).SequenceEqual(now)) throw c.Refuse("it repeats what comes in along new axes.");
        c.Set(x);
    }

    /// <summary>Channels become blocks of pixels: a reshape, a transposition and a reshape.</summary>
    public static void DepthToSpace(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        int block = c.Size(c.Integer("blocksize", 0), "blocksize");
        if (x.Axes.Count != 3 || x.Dims[0] % (block * block) != 0) throw c.Refuse($"it takes images whose channels are a multiple of {block}².", "broken_file");
        int[] d = x.Dims;
        bool columns = c.Text("mode", "DCR") == "CRD";
        OnnxValue cut = Regroup(c, x, columns ? [d[0] / block / block, block, block, d[1], d[2]] : [block, block, d[0] / block / block, d[1], d[2]]);
        c.Set(Regroup(c, cut.Transpose(columns ? [0, 3, 1, 4, 2] : [2, 3, 0, 4, 1]), [d[0] / block / block, d[1] * block, d[2] * block]));
    }

    public static void SpaceToDepth(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        int block = c.Size(c.Integer("blocksize", 0), "blocksize");
        int[] d = x.Dims;
        if (x.Axes.Count != 3 || d[1] % block != 0 || d[2] % block != 0) throw c.Refuse($"it takes images whose height and width are multiples of {block}.", "broken_file");
        OnnxValue cut = Regroup(c, x, [d[0], d[1] / block, block, d[2] / block, block]);
        c.Set(Regroup(c, cut.Transpose([2, 4, 0, 1, 3]), [d[0] * block * block, d[1] / block, d[2] / block]));
    }

    public static void Slice(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        foreach (OnnxCut cut in OnnxCut.Of(c, [c.Translation.Batch, .. x.Dims.Select(n => (long)n)]))
        {
            if (cut.Axis == 0)
            {
                if (cut is { Start: 0, Step: 1 } && cut.Count == c.Translation.Batch) continue;
                throw c.Refuse("it cuts the batch.");
            }
            if (cut.Count == 0 || cut.Step < 0) throw c.Refuse(cut.Count == 0 ? "it leaves nothing." : "it goes backwards.");
            x = Cut(c, x, cut.Axis - 1, cut.Start, cut.Count, cut.Step);
        }
        c.Set(x);
    }

    public static void Split(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        int axis = c.SampleAxis(c.Integer("axis", 0), x.Axes.Count + 1, "splits"), length = x.Dims[axis], outputs = c.Node.Outputs.Count;
        long piece = (length + outputs - 1) / Math.Max(1, outputs), start = 0;
        IReadOnlyList<long> pieces = c.AttributeOrInput("split", 1) ?? [.. Enumerable.Range(0, outputs).Select(i => Math.Min(piece, length - (piece * i)))];
        if (pieces.Count != outputs || pieces.Any(n => n < 1) || pieces.Sum() != length) throw c.Refuse($"its {outputs} parts don't make up {length}.", "broken_file");
        for (int i = 0; i < outputs; start += pieces[i++])
            if (c.Translation.IsUsed(c.Node, i)) c.Set(Cut(c, x, axis, start, pieces[i], 1), i);
    }

    public static void Gather(OnnxCall c)
    {
        if (!c.IsValue(0))
        {
            Embed(c);
            return;
        }
        OnnxValue x = c.Value(0);
        OnnxConstant index = c.Constant(1, "indices");
        int axis = c.SampleAxis(c.Integer("axis", 0), x.Axes.Count + 1, "takes parts");
        if (index.Count != 1) throw c.Refuse("it takes several parts of what comes in, by number; one can be cut out.");
        long at = index.Longs[0] < 0 ? index.Longs[0] + x.Dims[axis] : index.Longs[0];
        if (at < 0 || at >= x.Dims[axis]) throw c.Refuse($"it asks for number {index.Longs[0]} of {x.Dims[axis]}.", "broken_file");
        OnnxValue cut = Cut(c, x, axis, at, 1, 1);
        c.Set(index.Shape.Count == 0 ? cut with { Axes = [.. cut.Axes.Where((_, i) => i != axis)] } : cut);
    }

    public static void Pad(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        IReadOnlyList<long> pads = c.Integers("pads") ?? c.Integers("paddings") ?? c.Constant(1, "pads").Longs;
        int rank = x.Axes.Count + 1;
        long[] axes = c.OptionalConstant(3, "axes")?.Longs ?? [.. Enumerable.Range(0, rank).Select(i => (long)i)];
        if (pads.Count != 2 * axes.Length) throw c.Refuse($"it has {pads.Count} pads for {axes.Length} axes.", "broken_file");
        float fill = c.HasAttribute("value") ? c.Number("value", 0) : c.OptionalConstant(2, "constant_value")?.Floats.FirstOrDefault() ?? 0;
        if (pads.All(p => p == 0))
        {
            c.Set(x);
            return;
        }
        if (c.Text("mode", "constant") is not "constant" and var mode) throw c.Refuse($"it pads by '{mode}'; zeros can be put around.");
        if (!float.IsFinite(fill)) throw c.Refuse($"it puts {fill} around.");
        var margins = new (int Before, int After)[rank];
        for (int i = 0; i < axes.Length; i++) margins[c.Axis(axes[i], rank)] = (Margin(pads[i]), Margin(pads[i + axes.Length]));
        if (margins[0] != default) throw c.Refuse("it adds to the batch.");
        // Another number than 0 around is 0 around what was shifted by it.
        OnnxValue framed = Frame(c, x with { Layer = OnnxElementwise.Rescale(c, x.Layer, 1, -fill) }, margins[1..]);
        c.Set(framed with { Layer = OnnxElementwise.Rescale(c, framed.Layer, 1, fill), NonNegative = x.NonNegative && fill >= 0 });

        int Margin(long n) => n is >= -65536 and <= 65536 ? (int)n : throw c.Refuse($"it pads by {n}.", "out_of_range");
    }

    /// <summary>Zeros before and behind along each axis, or parts cut off where negative.</summary>
    public static OnnxValue Frame(OnnxCall c, OnnxValue x, IReadOnlyList<(int Before, int After)> margins)
    {
        if (margins.Where((m, i) => i > 0 && m.Before >= 0 && m.After >= 0).Count() == 2 && margins.Count == 3 && margins[0] == default)
        {
            x = c.Layers.AsImage(x);
            string layer = c.Layers.Add("zero_padding2d", $"{c.Name}_pad", new JsonObject { ["padding"] = Pairs(margins[1], margins[2]) }, x.Layer);
            return OnnxConvolutions.Put(layer, x.Dims[0], [x.Dims[1] + margins[1].Before + margins[1].After, x.Dims[2] + margins[2].Before + margins[2].After]) with { NonNegative = x.NonNegative };
        }
        for (int axis = 0; axis < margins.Count; axis++)
        {
            (int before, int after) = margins[axis];
            if (before < 0 || after < 0) x = Cut(c, x, axis, Math.Max(0, -before), x.Dims[axis] + Math.Min(0, before) + Math.Min(0, after), 1);
            if (before > 0 || after > 0) x = Along(c, x, axis, "zero_padding1d", new JsonObject { ["padding"] = OnnxLayers.Numbers([Math.Max(0, before), Math.Max(0, after)]) },
                x.Dims[axis] + Math.Max(0, before) + Math.Max(0, after));
        }
        return x;
    }

    /// <summary>A part of an axis.</summary>
    public static OnnxValue Cut(OnnxCall c, OnnxValue x, int axis, long start, long count, long step)
    {
        int length = x.Dims[axis];
        long end = start + ((count - 1) * step) + 1;
        if (count < 1 || end > length) throw c.Refuse("it leaves nothing, or takes more than there is.", "broken_file");
        if (start > 0 || end < length) x = Along(c, x, axis, "cropping1d", new JsonObject { ["cropping"] = OnnxLayers.Numbers([(int)start, (int)(length - end)]) }, (int)(end - start));
        // The largest of one number is that number.
        if (count > 1 && step > 1) x = Along(c, x, axis, "max_pooling1d", new JsonObject { ["pool_size"] = 1, ["strides"] = c.Size(step, "step", most: 1 << 16) }, (int)count);
        return x;
    }

    public static JsonArray Pairs((int Before, int After) down, (int Before, int After) across)
        => [new JsonArray(down.Before, down.After), new JsonArray(across.Before, across.After)];

    /// <summary>The shape that a Reshape asks for: 0 keeps an axis, -1 is as long as it must be.</summary>
    public static long[] Target(OnnxCall c, IReadOnlyList<long> now, IReadOnlyList<long>? asked)
    {
        if (asked is null) throw c.Refuse("its shape is missing.", "broken_file");
        bool zeros = c.Integer("allowzero", 0) != 0;
        long[] target = new long[asked.Count];
        long known = 1, all = now.Aggregate(1L, (a, b) => checked(a * b));
        int open = -1;
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = asked[i] == 0 && !zeros ? i < now.Count ? now[i] : throw c.Refuse("it keeps an axis that is not there.", "broken_file") : asked[i];
            if (target[i] < -1 || (target[i] == -1 && open >= 0)) throw c.Refuse($"[{string.Join(", ", asked)}] is no shape.", "broken_file");
            if (target[i] == -1) open = i;
            else known = checked(known * target[i]);
        }
        if (open >= 0) target[open] = known > 0 && all % known == 0 ? all / known : throw c.Refuse($"{Show(c, now)} does not go into [{string.Join(", ", asked)}].", "broken_file");
        else if (known != all) throw c.Refuse($"{Show(c, now)} does not go into [{string.Join(", ", asked)}].", "broken_file");
        return target;
    }

    public static int[] Order(OnnxCall c, int rank)
    {
        int[] order = c.Integers("perm") is { } given ? [.. given.Select(n => c.Axis(n, rank))] : [.. Enumerable.Range(0, rank).Reverse()];
        return order.Length == rank && order.Distinct().Count() == rank ? order : throw c.Refuse($"it puts {rank} axes in the order [{string.Join(", ", order)}].", "broken_file");
    }

    public static long[] Squeezed(OnnxCall c, IReadOnlyList<long> shape, IReadOnlyList<long>? axes)
    {
        HashSet<int> gone = axes is null ? [.. Enumerable.Range(0, shape.Count).Where(i => shape[i] == 1)] : [.. axes.Select(a => c.Axis(a, shape.Count))];
        return gone.All(i => shape[i] == 1) ? [.. shape.Where((_, i) => !gone.Contains(i))] : throw c.Refuse("it removes an axis that is not of size 1.", "broken_file");
    }

    public static long[] Unsqueezed(OnnxCall c, IReadOnlyList<long> shape, IReadOnlyList<long> axes)
    {
        int rank = shape.Count + axes.Count;
        HashSet<int> added = [.. axes.Select(a => c.Axis(a, rank))];
        if (added.Count != axes.Count) throw c.Refuse("it adds an axis twice.", "broken_file");
        var rest = new Queue<long>(shape);
        return [.. Enumerable.Range(0, rank).Select(i => added.Contains(i) ? 1 : rest.Dequeue())];
    }

    /// <summary>One layer for sequences over one axis, all the others as its channels.</summary>
    private static OnnxValue Along(OnnxCall c, OnnxValue x, int axis, string type, JsonObject arguments, int length)
    {
        x = c.Layers.Plain(x);
        OnnxPart[][] others = [.. x.Ours.Where(o => o.Length > 0 && !ReferenceEquals(o, x.Axes[axis]) && !o.SequenceEqual(x.Axes[axis]))];
        OnnxPart[] channels = [.. others.SelectMany(o => o)], along = OnnxValue.Axis(length);
        x = c.Layers.Lay(x, [x.Axes[axis], channels]);
        string layer = c.Layers.Add(type, c.Name, arguments, x.Layer);
        return x with { Layer = layer, Axes = [.. x.Axes.Select((a, i) => i == axis ? along : a)], Ours = [along, channels] };
    }

    private static void Embed(OnnxCall c)
    {
        OnnxConstant table = c.Constant(0, "table");
        OnnxValue index = c.Lookup(1);
        if (table.Shape.Count != 2 || table.IsWhole || c.Axis(c.Integer("axis", 0), 2) != 0) throw c.Refuse("it looks up in something else than the rows of a table of numbers.");
        if (!index.IsCut && !index.IsWhole) throw c.Refuse("it looks up by numbers that are not whole.");
        string layer = c.Layers.Add("embedding", c.Name, new JsonObject { ["input_dim"] = table.Shape[0], ["output_dim"] = table.Shape[1] }, index.Layer);
        c.Layers.Weight(layer, "embeddings", table, table.Shape, () => table.Floats);
        OnnxPart[] row = OnnxValue.Axis((int)table.Shape[1]);
        c.Set(new OnnxValue(layer, [.. index.Axes, row], [.. index.Ours, row]));
    }

    private static OnnxValue SetShape(OnnxCall c, OnnxValue x, long[] shape)
        => shape.Length > 0 && shape[0] == c.Translation.Batch ? Regroup(c, x, shape[1..]) : throw c.Refuse("it removes or moves the batch.");

    /// <summary>Where the cuts fall across parts, the numbers are brought into ONNX's order first.</summary>
    private static OnnxValue Regroup(OnnxCall c, OnnxValue x, IReadOnlyList<long> sizes)
    {
        int[] dims = [.. sizes.Select(n => c.Size(n, "size", most: int.MaxValue))];
        if (x.Regroup(dims) is { } same) return same;
        OnnxPart[] all = OnnxValue.Axis(x.Dims.Aggregate(1, (a, b) => checked(a * b)));
        OnnxValue flat = c.Layers.Lay(x, [[.. x.Axes.SelectMany(a => a)]]);
        return (flat with { Axes = [all], Ours = [all] }).Regroup(dims)!;
    }

    private static string Show(OnnxCall c, IEnumerable<long> shape) => $"[{string.Join(", ", shape.Select((n, i) => i == 0 && n == c.Translation.Batch ? "batch" : n.ToString(System.Globalization.CultureInfo.InvariantCulture)))}]";
}
