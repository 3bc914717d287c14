using System.Text.Json;

namespace TrainService.Specification.Reading;

/// <summary>One JSON value by the declaration of its argument.</summary>
internal static class ValueReader
{
    public static object? Read(SpecReader reader, JsonElement json, ArgumentSpec spec, string pointer)
    {
        switch (spec.Kind)
        {
            case ArgumentKind.Integer: return NumberReader.Integer(reader.Errors, json, spec, pointer);
            case ArgumentKind.Number: return Number(reader, json, spec, pointer);
            case ArgumentKind.Flag when json.ValueKind is JsonValueKind.True or JsonValueKind.False: return json.GetBoolean();
            case ArgumentKind.Text: return Text(reader, json, spec, pointer);
            case ArgumentKind.Choice: return Choice(reader, json, spec, pointer);
            case ArgumentKind.Integers when json.ValueKind is JsonValueKind.Array or JsonValueKind.Number:
                return List<long>(reader, json, spec, pointer, (e, p) => NumberReader.Integer(reader.Errors, e, spec, p));
            case ArgumentKind.Numbers when json.ValueKind is JsonValueKind.Array or JsonValueKind.Number:
                return List<double>(reader, json, spec, pointer, (e, p) => NumberReader.Number(reader.Errors, e, spec, p));
            case ArgumentKind.Texts when json.ValueKind is JsonValueKind.Array or JsonValueKind.String:
                return List(reader, json, spec, pointer, (e, p) => Text(reader, e, spec, p) ?? "");
            case ArgumentKind.Component: return reader.ReadComponent(json, spec.Category!, pointer);
            case ArgumentKind.Components when json.ValueKind is JsonValueKind.Object or JsonValueKind.Array && reader.Vocabulary[spec.Category!].OwnListForm?.Invoke(reader, json, pointer) is { } list:
                return CountIsLegal(reader, list.Count, "elements", spec, pointer) ? list : null;
            case ArgumentKind.Components when json.ValueKind is JsonValueKind.Array:
                return List(reader, json, spec, pointer, (e, p) => reader.ReadComponent(e, spec.Category!, p)!);
            case ArgumentKind.Object: return reader.ReadObject(json, spec.Members, pointer);
            case ArgumentKind.Objects when json.ValueKind is JsonValueKind.Array:
                return List(reader, json, spec, pointer, (e, p) => reader.ReadObject(e, spec.Members, p));
            case ArgumentKind.TextMap when json.ValueKind is JsonValueKind.Object:
                return Map(reader, json, spec, pointer, (e, p) => Text(reader, e, spec, p) ?? "");
            case ArgumentKind.NumberMap when json.ValueKind is JsonValueKind.Object:
                return Map<double>(reader, json, spec, pointer, (e, p) => NumberReader.Number(reader.Errors, e, spec, p));
            case ArgumentKind.Json: return json.Clone();
            default:
                reader.Errors.Add(pointer, "wrong_type", $"Expected {Expectation.Of(spec)}; got {Expectation.Name(json)}.", json);
                return null;
        }
    }

    // A word or a component may stand in a number's place.
    private static object? Number(SpecReader reader, JsonElement json, ArgumentSpec spec, string pointer)
    {
        string? text = json.ValueKind == JsonValueKind.String && JsonText.TryGet(json, out string? read) ? read : null;
        if (text is not null && spec.Words.Contains(text, StringComparer.Ordinal)) return text;
        bool component = spec.Category is not null && (json.ValueKind == JsonValueKind.Object || (text is not null && reader.Vocabulary[spec.Category].Find(text) is not null));
        return component ? reader.ReadComponent(json, spec.Category!, pointer) : NumberReader.Number(reader.Errors, json, spec, pointer);
    }

    private static string? Text(SpecReader reader, JsonElement json, ArgumentSpec spec, string pointer)
    {
        if (json.ValueKind != JsonValueKind.String)
            reader.Errors.Add(pointer, "wrong_type", $"Expected a text, got {Expectation.Name(json)}.", json);
        else if (!JsonText.TryGet(json, out string? text) || text.Contains('\0', StringComparison.Ordinal))
            reader.Errors.Add(pointer, "wrong_type", "Expected a text, got one that is not valid Unicode or holds a zero character.", json);
        else if (text.Length > spec.MaximumLength)
            reader.Errors.Add(pointer, "too_long", $"Expected a text of at most {spec.MaximumLength} characters, got {text.Length}.", json);
        else return text;
        return null;
    }

    private static string? Choice(SpecReader reader, JsonElement json, ArgumentSpec spec, string pointer)
    {
        if (Text(reader, json, spec, pointer) is not { } text) return null;
        if (spec.Choices.Contains(text, StringComparer.Ordinal)) return text;
        if (spec.UnsupportedChoices.Contains(text, StringComparer.Ordinal))
        {
            reader.Errors.Add(pointer, "unsupported", $"'{text}' is not supported yet. Expected {Expectation.Of(spec)}.", text);
            return null;
        }
        reader.Errors.Add(pointer, "unknown_name", $"Expected {Expectation.Of(spec)}.", SpecErrors.Show(json),
            reader.Errors.Full ? null : NearestName.Of(text, spec.Choices));
        return null;
    }

    // A single number stands for a list of one.
    private static List<T>? List<T>(SpecReader reader, JsonElement json, ArgumentSpec spec, string pointer, Func<JsonElement, string, T> element)
    {
        if (json.ValueKind != JsonValueKind.Array)
            return CountIsLegal(reader, 1, "elements", spec, pointer) ? [element(json, pointer)] : null;
        if (!CountIsLegal(reader, json.GetArrayLength(), "elements", spec, pointer)) return null;
        var values = new List<T>(json.GetArrayLength());
        foreach (JsonElement item in json.EnumerateArray()) values.Add(element(item, JsonPointer.Element(pointer, values.Count)));
        return values;
    }

    private static OrderedDictionary<string, T>? Map<T>(SpecReader reader, JsonElement json, ArgumentSpec spec, string pointer, Func<JsonElement, string, T> element)
    {
        if (!CountIsLegal(reader, json.GetPropertyCount(), "keys", spec, pointer)) return null;
        var values = new OrderedDictionary<string, T>(StringComparer.Ordinal);
        foreach (JsonProperty property in json.EnumerateObject())
        {
            if (!JsonText.TryGetName(property, out string? key) || key.Length > spec.MaximumLength || key.Contains('\0', StringComparison.Ordinal))
            {
                reader.Errors.Add(pointer, "unknown_key", $"A key here is longer than {spec.MaximumLength} characters, or not valid Unicode.");
                continue;
            }
            if (!values.TryAdd(key, element(property.Value, JsonPointer.Member(pointer, key))))
                MemberReader.DuplicateKey(reader, key, pointer);
        }
        return values;
    }

    private static bool CountIsLegal(SpecReader reader, int count, string what, ArgumentSpec spec, string pointer)
    {
        (int least, int most) = spec.Count ?? (0, 1000);
        if (count >= least && count <= most) return true;
        string range = least == most ? $"{least}" : $"{least} to {most}";
        reader.Errors.Add(pointer, "out_of_range", $"Expected {range} {what}, got {count}.", count);
        return false;
    }
}
