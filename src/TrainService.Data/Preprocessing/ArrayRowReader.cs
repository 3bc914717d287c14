using System.Text.Json;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Data.Preprocessing;

/// <summary>Reads one row of numbers from JSON: nested as its shape says, or flat.</summary>
internal static class ArrayRowReader
{
    public static bool TryRead(JsonElement row, IReadOnlyList<int> shape, Span<float> raw, string pointer, ICollection<SpecError> errors)
    {
        int before = errors.Count;
        bool flat = row.ValueKind == JsonValueKind.Array && shape.Count > 1 && row.GetArrayLength() == raw.Length
            && row.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Number);
        Read(row, flat ? [raw.Length] : shape, 0, raw, pointer, errors);
        return errors.Count == before;
    }

    private static void Read(JsonElement value, IReadOnlyList<int> shape, int axis, Span<float> raw, string pointer, ICollection<SpecError> errors)
    {
        if (axis == shape.Count)
        {
            if (value.ValueKind != JsonValueKind.Number) errors.Add(new(pointer, "wrong_type", $"Expected a number, got {JsonWords.Of(value)}."));
            else if (!value.TryGetSingle(out raw[0]) || !float.IsFinite(raw[0]))
                errors.Add(new(pointer, "out_of_range", "The number does not fit into float32.", JsonWords.Short(value.GetRawText())));
            return;
        }
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != shape[axis])
        {
            string got = value.ValueKind == JsonValueKind.Array ? $"{value.GetArrayLength()} elements" : JsonWords.Of(value);
            errors.Add(new(pointer, "impossible_shape",
                $"Expected a list of {shape[axis]} for inputs of shape [{string.Join(", ", shape)}], got {got}."));
            return;
        }
        int step = raw.Length / Math.Max(1, shape[axis]), i = 0;
        foreach (JsonElement element in value.EnumerateArray())
        {
            if (errors.Count >= JsonWords.MaxErrors) return;
            Read(element, shape, axis + 1, raw.Slice(i * step, step), JsonPointer.Element(pointer, i), errors);
            i++;
        }
    }
}
