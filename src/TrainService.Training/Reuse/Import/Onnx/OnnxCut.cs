namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>One axis of a Slice, its bounds worked out.</summary>
/// <param name="Axis">Batch included.</param>
/// <param name="Start">The first one taken.</param>
/// <param name="Count">How many are taken.</param>
/// <param name="Step">From one to the next; negative for backwards.</param>
internal readonly record struct OnnxCut(int Axis, long Start, long Count, long Step)
{
    public static IEnumerable<OnnxCut> Of(OnnxCall call, IReadOnlyList<long> shape)
    {
        IReadOnlyList<long> starts = call.AttributeOrInput("starts", 1) ?? [], ends = call.AttributeOrInput("ends", 2) ?? [];
        IReadOnlyList<long> axes = call.AttributeOrInput("axes", 3) ?? [.. Enumerable.Range(0, starts.Count).Select(i => (long)i)];
        IReadOnlyList<long> steps = call.AttributeOrInput("steps", 4) ?? [.. starts.Select(_ => 1L)];
        if (ends.Count != starts.Count || axes.Count != starts.Count || steps.Count != starts.Count) throw call.Refuse("starts, ends, axes and steps differ in number.", "broken_file");
        for (int i = 0; i < starts.Count; i++)
        {
            int axis = call.Axis(axes[i], shape.Count);
            long length = shape[axis], step = steps[i];
            if (step == 0 || step == long.MinValue) throw call.Refuse($"its step is {step}.", "broken_file");
            long start = Bound(starts[i], length, step < 0), end = Bound(ends[i], length, step < 0);
            long count = step > 0 ? (end - start + step - 1) / step : (start - end - step - 1) / -step;
            yield return new OnnxCut(axis, start, Math.Max(0, count), step);
        }
    }

    private static long Bound(long value, long length, bool backwards)
        => backwards ? Math.Clamp(value < 0 ? Math.Max(value, -length - 1) + length : value, -1, length - 1) : Math.Clamp(value < 0 ? Math.Max(value, -length) + length : value, 0, length);
}
