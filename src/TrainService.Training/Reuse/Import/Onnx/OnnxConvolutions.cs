using System.Text.Json.Nodes;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>Convolutions. Kernels come as [out, in / groups, h, w] and become [h, w, in / groups, out].</summary>
internal static class OnnxConvolutions
{
    public static void Conv(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        OnnxConstant kernel = c.Constant(1, "kernel");
        OnnxConstant? bias = c.OptionalConstant(2, "bias");
        if (kernel.Shape.Count < 3 || x.Axes.Count != kernel.Shape.Count - 1) throw c.Refuse($"its kernel has {kernel.Shape.Count} axes, its input {x.Axes.Count + 1}.", "broken_file");
        int channels = x.Dims[0], groups = c.Size(c.Integer("group", 1), "group", 1, 1 << 16);
        long filters = kernel.Shape[0];
        if (kernel.Shape[1] * groups != channels || filters % groups != 0 || filters < 1 || bias is { } b && b.Count != filters) throw c.Refuse("kernel, bias, groups and channels don't fit together.", "broken_file");
        x = c.Layers.AsImage(x);
        int[] sizes = x.Dims[1..];
        OnnxWindows windows = OnnxWindows.Of(c, sizes, [.. kernel.Shape.Skip(2)]);
        if (windows.Strides.Max() > 1 && windows.Dilations.Max() > 1) throw c.Refuse("strides and dilations are both above 1.");
        bool same = windows.HasPads && windows.IsSame(sizes);
        if (windows.HasPads && !same) x = OnnxShapes.Frame(c, x, [default, .. windows.Before.Zip(windows.After)]);
        x = c.Layers.AsImage(x);
        bool line = windows.Axes == 1, depthwise = !line && groups == channels && groups > 1;
        var arguments = new JsonObject
        {
            ["kernel_size"] = OnnxLayers.Numbers(windows.Kernel), ["strides"] = OnnxLayers.Numbers(windows.Strides), ["dilation_rate"] = OnnxLayers.Numbers(windows.Dilations),
            ["padding"] = same ? "same" : "valid", ["use_bias"] = bias is not null,
        };
        if (depthwise) arguments["depth_multiplier"] = filters / channels;
        else (arguments["filters"], arguments["groups"]) = (filters, groups);
        string layer = c.Layers.Add(line ? "conv1d" : depthwise ? "depthwise_conv2d" : "conv2d", c.Name, arguments, x.Layer);
        OnnxConstant turned = depthwise ? kernel.As([channels, filters / channels, kernel.Shape[2], kernel.Shape[3]]).Turn([2, 3, 0, 1]) : line ? kernel.Turn([2, 1, 0]) : kernel.Turn([2, 3, 1, 0]);
        c.Layers.Weight(layer, "kernel", kernel, turned.Shape, () => turned.Floats, "transposed");
        if (bias is not null) c.Layers.Weight(layer, "bias", bias, [filters], () => bias.Floats);
        c.Set(Put(layer, (int)filters, windows.Out));
    }

    public static void ConvTranspose(OnnxCall c)
    {
        OnnxValue x = c.Value(0);
        OnnxConstant kernel = c.Constant(1, "kernel");
        OnnxConstant? bias = c.OptionalConstant(2, "bias");
        if (kernel.Shape.Count != 4 || x.Axes.Count != 3) throw c.Refuse("it goes over something else than images.");
        if (c.Integer("group", 1) != 1) throw c.Refuse("it has groups, which transposed convolutions don't have here.");
        long filters = kernel.Shape[1];
        if (kernel.Shape[0] != x.Dims[0] || filters < 1 || bias is { } b && b.Count != filters) throw c.Refuse("kernel, bias and channels don't fit together.", "broken_file");
        if (c.Integers("kernel_shape") is { } said && !said.SequenceEqual(kernel.Shape.Skip(2))) throw c.Refuse("its kernel_shape is not that of its kernel.", "broken_file");
        x = c.Layers.AsImage(x);
        int[] strides = Pair("strides", 1), dilations = Pair("dilations", 1), extra = Pair("output_padding", 0), full = new int[2], size = new int[2], before = new int[2], more = new int[2];
        if (strides.Max() > 1 && dilations.Max() > 1) throw c.Refuse("strides and dilations are both above 1.");
        bool same = true;
        for (int i = 0; i < 2; i++)
        {
            int n = x.Dims[i + 1], span = (c.Size(kernel.Shape[i + 2] - 1, "kernel", 0, 1023) * dilations[i]) + 1;
            (int begin, int end) = Pads(i, n, span);
            (before[i], size[i], full[i]) = (begin, checked((strides[i] * (n - 1)) + extra[i] + span - begin - end), checked((n * strides[i]) + Math.Max(span - strides[i], 0)));
            if (size[i] < 1) throw c.Refuse("it puts out nothing.", "broken_file");
            // Lines behind the last that a kernel reaches: those of zeros that come in.
            more[i] = Math.Max(0, (begin + size[i] - full[i] + strides[i] - 1) / strides[i]);
            full[i] += more[i] * strides[i];
            same &= more[i] == 0 && size[i] == n * strides[i] && begin == Math.Max(span - strides[i], 0) / 2;
        }
        if (more.Max() > 0) x = c.Layers.AsImage(OnnxShapes.Frame(c, x, [default, (0, more[0]), (0, more[1])]));
        bool whole = full.SequenceEqual(size) && before.All(n => n == 0);
        string layer = c.Layers.Add("conv2d_transpose", c.Name, new JsonObject
        {
            ["filters"] = filters, ["kernel_size"] = OnnxLayers.Numbers(kernel.Shape.Skip(2).Select(n => (int)n)), ["strides"] = OnnxLayers.Numbers(strides), ["dilation_rate"] = OnnxLayers.Numbers(dilations),
            ["padding"] = same && !whole ? "same" : "valid", ["use_bias"] = bias is not null,
        }, x.Layer);
        OnnxConstant turned = kernel.Turn([2, 3, 1, 0]);
        c.Layers.Weight(layer, "kernel", kernel, turned.Shape, () => turned.Floats, "transposed");
        if (bias is not null) c.Layers.Weight(layer, "bias", bias, [filters], () => bias.Floats);
        if (!same && !whole)
            layer = c.Layers.Add("cropping2d", $"{c.Name}_crop", new JsonObject
            {
                ["cropping"] = OnnxShapes.Pairs((before[0], full[0] - size[0] - before[0]), (before[1], full[1] - size[1] - before[1])),
            }, layer);
        c.Set(Put(layer, (int)filters, size));

        int[] Pair(string name, int otherwise) => c.Integers(name) is { } given ? given.Count == 2 ? [.. given.Select(n => c.Size(n, name, otherwise, 1024))] : throw c.Refuse($"its {name} are {given.Count}.", "broken_file") : [otherwise, otherwise];

        (int Begin, int End) Pads(int i, int n, int span)
        {
            string auto = c.Text("auto_pad", "NOTSET");
            int natural = (strides[i] * (n - 1)) + extra[i] + span;
            int? wanted = c.Integers("output_shape") is { } shape ? c.Size(shape[shape.Count - 2 + i], "output_shape") : auto is "SAME_UPPER" or "SAME_LOWER" ? n * strides[i] : null;
            if (wanted is { } target)
            {
                int total = natural - target;
                if (total < 0) return (0, total);
                int smaller = total / 2;
                return auto == "SAME_UPPER" ? (smaller, total - smaller) : (total - smaller, smaller);
            }
            if (auto == "VALID" || c.Integers("pads") is not { } pads) return (0, 0);
            return pads.Count == 4 ? (c.Size(pads[i], "pad", 0, 1 << 16), c.Size(pads[i + 2], "pad", 0, 1 << 16)) : throw c.Refuse($"it has {pads.Count} pads.", "broken_file");
        }
    }

    /// <summary>What a layer over images or sequences puts out: channels last.</summary>
    public static OnnxValue Put(string layer, int channels, IReadOnlyList<int> sizes)
    {
        OnnxPart[] channel = OnnxValue.Axis(channels);
        OnnxPart[][] spatial = [.. sizes.Select(OnnxValue.Axis)];
        return new OnnxValue(layer, [channel, .. spatial], [.. spatial, channel]);
    }
}
