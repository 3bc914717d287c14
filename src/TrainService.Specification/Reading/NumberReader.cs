using System.Text.Json;

namespace TrainService.Specification.Reading;

/// <summary>Numbers within the range that their argument declares, or that components can compute with.</summary>
internal static class NumberReader
{
    public static long Integer(SpecErrors errors, JsonElement json, ArgumentSpec spec, string pointer)
    {
        if (!IsFinite(errors, json, spec, pointer, out double approximate)) return 0;
        if (!json.TryGetInt64(out long value))
        {
            if (approximate != Math.Floor(approximate))
            {
                errors.Add(pointer, "wrong_type", $"Expected {Expectation.Of(spec)}; got {Expectation.Name(json)}.", json);
                return 0;
            }
            // 3.0 and 3e2 are whole numbers too; 2⁶³ and above belong to no range.
            if (Math.Abs(approximate) >= 9.2233720368547758e18)
            {
                OutOfRange(errors, json, spec, pointer);
                return 0;
            }
            value = (long)approximate;
        }
        if (value < (spec.Minimum ?? int.MinValue) || value > (spec.Maximum ?? int.MaxValue) || AtOpenEnd(value, spec)) OutOfRange(errors, json, spec, pointer);
        return value;
    }

    public static double Number(SpecErrors errors, JsonElement json, ArgumentSpec spec, string pointer)
    {
        if (!IsFinite(errors, json, spec, pointer, out double value)) return 0;
        if (value < (spec.Minimum ?? -float.MaxValue) || value > (spec.Maximum ?? float.MaxValue) || AtOpenEnd(value, spec)) OutOfRange(errors, json, spec, pointer);
        return value;
    }

    private static bool AtOpenEnd(double value, ArgumentSpec spec)
        => (spec.MinimumExclusive && value == spec.Minimum) || (spec.MaximumExclusive && value == spec.Maximum);

    private static bool IsFinite(SpecErrors errors, JsonElement json, ArgumentSpec spec, string pointer, out double value)
    {
        value = 0;
        bool spelled = json.ValueKind == JsonValueKind.String && JsonText.TryGet(json, out string? text)
            && text.TrimStart('+', '-').ToLowerInvariant() is "nan" or "inf" or "infinity";
        if (spelled || (json.ValueKind == JsonValueKind.Number && !(json.TryGetDouble(out value) && double.IsFinite(value))))
            errors.Add(pointer, "not_finite", $"Expected {Expectation.Of(spec)}; infinities and NaN are none.", json);
        else if (json.ValueKind != JsonValueKind.Number)
            errors.Add(pointer, "wrong_type", $"Expected {Expectation.Of(spec)}; got {Expectation.Name(json)}.", json);
        else return true;
        return false;
    }

    private static void OutOfRange(SpecErrors errors, JsonElement json, ArgumentSpec spec, string pointer)
        => errors.Add(pointer, "out_of_range", spec.Minimum is null && spec.Maximum is null
            ? $"{Expectation.Name(json)} is further from zero than can be computed with."
            : $"Expected {Expectation.Of(spec)}; got {Expectation.Name(json)}.", json);
}
