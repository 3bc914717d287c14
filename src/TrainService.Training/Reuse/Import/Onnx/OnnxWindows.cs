namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>How a kernel goes over images or sequences: one entry for each axis behind the channels.</summary>
/// <param name="Before">Zeros in front.</param>
/// <param name="After">Zeros behind; with ceil_mode also those that the last window needs.</param>
/// <param name="Out">Windows.</param>
internal sealed record OnnxWindows(int[] Kernel, int[] Strides, int[] Dilations, int[] Before, int[] After, int[] Out)
{
    public int Axes => Kernel.Length;

    public bool HasPads => Before.Any(n => n > 0) || After.Any(n => n > 0);

    public static OnnxWindows Of(OnnxCall c, int[] sizes, IReadOnlyList<long> kernel)
    {
        int axes = sizes.Length;
        if (axes is < 1 or > 2) throw c.Refuse($"it goes over {axes} axes; images have 2, sequences 1.");
        if (c.Integers("kernel_shape") is { } said && !said.SequenceEqual(kernel)) throw c.Refuse("its kernel_shape is not that of its kernel.", "broken_file");
        int[] size = Each(kernel, "kernel"), strides = Each(c.Integers("strides"), "stride"), dilations = Each(c.Integers("dilations"), "dilation");
        int[] before = new int[axes], after = new int[axes], count = new int[axes];
        IReadOnlyList<long> pads = c.Integers("pads") ?? [.. new long[2 * axes]];
        if (pads.Count != 2 * axes) throw c.Refuse($"it has {pads.Count} pads for {axes} axes.", "broken_file");
        string auto = c.Text("auto_pad", "NOTSET");
        for (int i = 0; i < axes; i++)
        {
            int span = ((size[i] - 1) * dilations[i]) + 1;
            if (auto is "SAME_UPPER" or "SAME_LOWER")
            {
                int total = Math.Max(0, ((((sizes[i] + strides[i] - 1) / strides[i]) - 1) * strides[i]) + span - sizes[i]);
                before[i] = auto == "SAME_UPPER" ? total / 2 : total - (total / 2);
                after[i] = total - before[i];
            }
            else if (auto is "NOTSET" or "") (before[i], after[i]) = (c.Size(pads[i], "pad", 0, 1 << 16), c.Size(pads[i + axes], "pad", 0, 1 << 16));
            else if (auto != "VALID") throw c.Refuse($"its auto_pad is '{auto}'.", "broken_file");
            int room = sizes[i] + before[i] + after[i] - span;
            if (room < 0) throw c.Refuse($"its kernel spans {span} of {sizes[i] + before[i] + after[i]}.", "broken_file");
            count[i] = (room / strides[i]) + 1;
            // One more window that sticks out, unless it lay behind the end altogether.
            if (c.Integer("ceil_mode", 0) != 0 && room % strides[i] > 0 && count[i] * strides[i] < sizes[i] + before[i])
            {
                after[i] += strides[i] - (room % strides[i]);
                count[i]++;
            }
        }
        return new OnnxWindows(size, strides, dilations, before, after, count);

        int[] Each(IReadOnlyList<long>? values, string what)
        {
            values ??= [.. Enumerable.Repeat(1L, axes)];
            return values.Count == axes ? [.. values.Select(n => c.Size(n, what, 1, 1024))] : throw c.Refuse($"it has {values.Count} of {what} for {axes} axes.", "broken_file");
        }
    }

    /// <summary>Whether the zeros are those that padding "same" means here: as many as strides need, the odd one behind.</summary>
    public bool IsSame(IReadOnlyList<int> sizes)
    {
        for (int i = 0; i < Axes; i++)
        {
            int windows = (sizes[i] + Strides[i] - 1) / Strides[i], total = Math.Max(0, ((windows - 1) * Strides[i]) + ((Kernel[i] - 1) * Dilations[i]) + 1 - sizes[i]);
            if (Out[i] != windows || Before[i] != total / 2 || After[i] != total - (total / 2)) return false;
        }
        return true;
    }
}
