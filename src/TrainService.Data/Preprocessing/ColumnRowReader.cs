using System.Text.Json;
using TrainService.Specification;

namespace TrainService.Data.Preprocessing;

/// <summary>Reads one row of a table from JSON: an object of named values, or an array in column order.</summary>
internal static class ColumnRowReader
{
    public static bool TryRead(JsonElement row, IReadOnlyList<InputColumn> columns, Span<float> raw, string pointer, ICollection<SpecError> errors)
    {
        int before = errors.Count;
        if (row.ValueKind == JsonValueKind.Object) ReadNamed(row, columns, raw, pointer, errors);
        else if (row.ValueKind == JsonValueKind.Array && row.GetArrayLength() == columns.Count)
            for (int i = 0; i < columns.Count; i++)
                raw[i] = ReadValue(row[i], columns[i], $"{pointer}/{i}", errors);
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
        for (int i = 0; i < columns.Count; i++)
        {
            InputColumn column = columns[i];
            string place = $"{pointer}/{JsonWords.Escape(column.Name)}";
            if (row.TryGetProperty(column.Name, out JsonElement value)) raw[i] = ReadValue(value, column, place, errors);
            else if (column.FillValue is { } fill) raw[i] = (float)fill;
            else errors.Add(new(place, "required", $"The column '{column.Name}' is missing."));
        }
        HashSet<string> known = [.. columns.Select(c => c.Name)];
        foreach (JsonProperty property in row.EnumerateObject())
            if (!known.Contains(property.Name) && errors.Count < JsonWords.MaxErrors)
                errors.Add(new($"{pointer}/{JsonWords.Escape(property.Name)}", "unknown_key", $"There is no input column '{property.Name}'.",
                    DidYouMean: Nearest.Of(property.Name, known)));
    }

    private static float ReadValue(JsonElement value, InputColumn column, string place, ICollection<SpecError> errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            if (column.FillValue is { } fill) return (float)fill;
            errors.Add(new(place, "required", $"The column '{column.Name}' has no value."));
            return 0;
        }
        return column.Categories is { } categories ? ReadCategory(value, column, categories, place, errors) : ReadNumber(value, column, place, errors);
    }

    private static float ReadCategory(JsonElement value, InputColumn column, IReadOnlyList<string> categories, string place, ICollection<SpecError> errors)
    {
        // Numbers and flags may have been words of the table: 1, true.
        string word = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        for (int i = 0; i < categories.Count; i++)
            if (categories[i] == word) return i;
        errors.Add(new(place, "unknown_name", $"'{JsonWords.Short(word)}' was never seen in the column '{column.Name}'; known: {JsonWords.List(categories)}.",
            JsonWords.Short(word), Nearest.Of(word, categories)));
        return 0;
    }

    private static float ReadNumber(JsonElement value, InputColumn column, string place, ICollection<SpecError> errors)
    {
        float number;
        bool read = value.ValueKind == JsonValueKind.Number ? value.TryGetSingle(out number)
            : float.TryParse(value.ValueKind == JsonValueKind.String ? value.GetString() : null, System.Globalization.CultureInfo.InvariantCulture, out number);
        if (read && float.IsFinite(number)) return number;
        errors.Add(new(place, "wrong_type", $"The column '{column.Name}' takes a number; got {JsonWords.Of(value)}.", JsonWords.Short(value.GetRawText())));
        return 0;
    }
}
