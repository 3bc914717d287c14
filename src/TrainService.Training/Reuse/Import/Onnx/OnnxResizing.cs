using System.Text.Json.Nodes;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>
/// Images in another size. ONNX knows many rules for where a pixel comes from; here there is one for nearest and one for linear. A node passes when its rule
/// gives the very same pixels and weights for its sizes.
/// </summary>
internal static class OnnxResizing
{
    public static void Resize(OnnxCall c)
    {
        bool upsample = c.Node.Operator == "Upsample";
        OnnxValue x = c.Value(0);
        int rank = x.Axes.Count;
        if (rank is not (2 or 3)) throw c.Refuse("it resizes something else than images and sequences.");
        int sizesAt = upsample ? -1 : 3, scalesAt = upsample || c.Opset < 11 ? 1 : 2;
        float[]? scales = c.Find("scales")?.Numbers?.ToArray() ?? (c.Has(scalesAt) && c.Constant(scalesAt, "scales") is { Count: > 0 } given ? given.Floats : null);
        long[]? sizes = sizesAt > 0 && c.Has(sizesAt) ? c.Constant(sizesAt, "sizes").Longs : null;
        if (c.HasAttribute("axes")) throw c.Refuse("it names axes.");
        int[] to = new int[rank];
        double[] scale = new double[rank];
        for (int i = 0; i < rank; i++)
        {
            int n = x.Dims[i];
            if ((sizes?.Length ?? scales?.Length) != rank + 1) throw c.Refuse("its sizes or scales are not as many as its axes.", "broken_file");
            to[i] = c.Size(sizes is not null ? sizes[i + 1] : (long)Math.Floor((double)n * scales![i + 1]), "size", 1, 1 << 16);
            scale[i] = sizes is not null ? (double)to[i] / n : scales![i + 1];
        }
        if (to[0] != x.Dims[0] || (sizes is not null ? sizes[0] != c.Translation.Batch : scales![0] != 1)) throw c.Refuse("it resizes the batch or the channels.");
        string mode = c.Text("mode", "nearest");
        bool linear = mode is "linear" or "bilinear";
        if (!linear && mode != "nearest") throw c.Refuse($"it resizes by '{mode}'.");
        if (c.Integer("antialias", 0) != 0) throw c.Refuse("it smooths before it makes images smaller (antialias).");
        for (int i = 1; i < rank; i++)
            if (!Agrees(c, upsample, linear, x.Dims[i], to[i], scale[i])) throw c.Refuse($"it takes other pixels than here, from {x.Dims[i]} to {to[i]}: {c.Text("coordinate_transformation_mode", upsample || c.Opset < 11 ? "asymmetric" : "half_pixel")}, {mode}.");
        x = c.Layers.AsImage(x);
        if (rank == 2)
        {
            if (linear || to[1] % x.Dims[1] != 0) throw c.Refuse("it mixes steps of a sequence; here they are repeated.");
            c.Set(OnnxConvolutions.Put(c.Layers.Add("up_sampling1d", c.Name, new JsonObject { ["size"] = to[1] / x.Dims[1] }, x.Layer), to[0], to[1..]) with { NonNegative = x.NonNegative });
            return;
        }
        bool whole = to[1] % x.Dims[1] == 0 && to[2] % x.Dims[2] == 0;
        var arguments = new JsonObject { ["interpolation"] = linear ? "bilinear" : "nearest" };
        if (whole) arguments["size"] = OnnxLayers.Numbers([to[1] / x.Dims[1], to[2] / x.Dims[2]]);
        else (arguments["height"], arguments["width"]) = (to[1], to[2]);
        c.Set(OnnxConvolutions.Put(c.Layers.Add(whole ? "up_sampling2d" : "resizing", c.Name, arguments, x.Layer), to[0], to[1..]) with { NonNegative = x.NonNegative });
    }

    private static bool Agrees(OnnxCall c, bool upsample, bool linear, int length, int count, double scale)
    {
        if (length == count && scale == 1) return true;
        string transformation = c.Text("coordinate_transformation_mode", upsample || c.Opset < 11 ? "asymmetric" : "half_pixel"), rounding = c.Text("nearest_mode", upsample || c.Opset < 11 ? "floor" : "round_prefer_floor");
        for (int i = 0; i < count; i++)
        {
            double at = transformation switch
            {
                "half_pixel" or "half_pixel_symmetric" => ((i + 0.5) / scale) - 0.5,
                "pytorch_half_pixel" => count > 1 ? ((i + 0.5) / scale) - 0.5 : 0,
                "asymmetric" => i / scale,
                "align_corners" => count > 1 ? (double)i * (length - 1) / (count - 1) : 0,
                _ => double.NaN,
            };
            if (double.IsNaN(at)) return false;
            if (linear)
            {
                double here = Math.Clamp(((i + 0.5) * length / count) - 0.5, 0, length - 1);
                if (Math.Abs(Math.Clamp(at, 0, length - 1) - here) > 1e-5) return false;
                continue;
            }
            double chosen = rounding switch { "floor" => Math.Floor(at), "ceil" => Math.Ceiling(at), "round_prefer_ceil" => Math.Floor(at + 0.5), _ => Math.Ceiling(at - 0.5) };
            if ((int)Math.Clamp(chosen, 0, length - 1) != (int)Math.Min(((2L * i) + 1) * length / (2L * count), length - 1)) return false;
        }
        return true;
    }
}
