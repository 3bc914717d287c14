using System.Globalization;
using System.Text.Json;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Data.Preprocessing;

/// <summary>Reads one row of a table from JSON: an object of named values, or an array in column order.</summary>
internal static class ColumnRowReader
{
    public static bool TryRead(JsonElement row, IReadOnlyList<InputColumn> columns, Span<float> raw, string pointer, ICollection<SpecError> errors)
    {
        int before = errors.Count;
        if (row.ValueKind == JsonValueKind.Object)
        {
            ReadNamed(row, columns, raw, pointer, errors);
        }
        else if (row.ValueKind == JsonValueKind.Array && row.GetArrayLength() == columns.Count)
        {
            int i = 0;
            foreach (JsonElement value in row.EnumerateArray())
            {
                if (errors.Count - before >= JsonWords.MaxErrors) break;
                raw[i] = ReadValue(value, columns[i], JsonPointer.Element(pointer, i), errors);
                i++;
            }
        }
        else
        {
            string got = row.ValueKind == JsonValueKind.Array ? $"{row.GetArrayLength()} values" : JsonWords.Of(row);
            errors.Add(new(pointer, "impossible_shape",
                $"Expected an object with the columns {JsonWords.List(columns.Select(c => c.Name))}, or a list of {columns.Count} values in that order; got {got}."));
        }
        return errors.Count == before;
    }

    private static void ReadNamed(JsonElement row, IReadOnlyList<InputColumn> columns, Span<float> raw, string pointer, ICollection<SpecError> errors)
    {
        var given = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        int before = errors.Count;
        foreach (JsonProperty property in row.EnumerateObject())
            if (!JsonText.TryGetName(property, out string? name)) errors.Add(new(pointer, "unknown_key", "A key here is no valid Unicode."));
            else given[name] = property.Value;
        for (int i = 0; i < columns.Count && errors.Count - before < JsonWords.MaxErrors; i++)
        {
            InputColumn column = columns[i];
            string place = JsonPointer.Member(pointer, column.Name);
            if (given.Remove(column.Name, out JsonElement value)) raw[i] = ReadValue(value, column, place, errors);
            else if (column.FillValue is { } fill) raw[i] = (float)fill;
            else errors.Add(new(place, "required", $"The column '{JsonWords.Short(column.Name)}' is missing."));
        }
        foreach (string name in given.Keys.Take(JsonWords.MaxErrors))
            errors.Add(new(JsonPointer.Member(pointer, name), "unknown_key", $"There is no input column '{JsonWords.Short(name)}'.",
                DidYouMean: NearestName.Of(name, columns.Select(c => c.Name))));
    }

    private static float ReadValue(JsonElement value, InputColumn column, string place, ICollection<SpecError> errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            if (column.FillValue is { } fill) return (float)fill;
            errors.Add(new(place, "required", $"The column '{JsonWords.Short(column.Name)}' has no value."));
            return 0;
        }
        return column.Categories is { } categories ? ReadCategory(value, column, categories, place, errors)
            : ReadNumber(value, column, place, errors);
    }

    private static float ReadCategory(JsonElement value, InputColumn column, IReadOnlyList<string> categories, string place,
        ICollection<SpecError> errors)
    {
        // Numbers and flags may have been words of the table: 1, true.
        string word = JsonText.TryGet(value, out string? text) ? text : value.GetRawText();
        for (int i = 0; i < categories.Count; i++)
            if (categories[i] == word) return i;
        errors.Add(new(place, "unknown_name",
            $"'{JsonWords.Short(word)}' was never seen in the column '{JsonWords.Short(column.Name)}'; known: {JsonWords.List(categories)}.",
            JsonWords.Short(word), NearestName.Of(word, categories)));
        return 0;
    }

    private static float ReadNumber(JsonElement value, InputColumn column, string place, ICollection<SpecError> errors)
    {
        float number = 0;
        bool read = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetSingle(out number),
            _ => JsonText.TryGet(value, out string? text) && float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number),
        };
        if (read && float.IsFinite(number)) return number;
        errors.Add(new(place, "wrong_type", $"The column '{JsonWords.Short(column.Name)}' takes a finite number; got {JsonWords.Of(value)}.",
            JsonWords.Short(value.GetRawText())));
        return 0;
    }
}
