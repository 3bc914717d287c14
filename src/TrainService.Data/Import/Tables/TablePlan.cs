using TrainService.Data.Descriptions;
using TrainService.Specification.Reading;

namespace TrainService.Data.Import.Tables;

/// <summary>Which columns of a table are stored, which of them are features, and which the label.</summary>
internal sealed class TablePlan
{
    private static readonly string[] LabelNames = ["label", "target", "class", "y"];

    private TablePlan(ColumnPlan[] columns, int[] stored, string[] features, string[] label)
        => (Columns, Stored, Features, Label) = (columns, stored, features, label);

    /// <summary>All columns of the file.</summary>
    public ColumnPlan[] Columns { get; }

    /// <summary>Those that are stored, by their place in the file.</summary>
    public int[] Stored { get; }

    public string[] Features { get; }

    /// <summary>Empty where nothing is labelled.</summary>
    public string[] Label { get; }

    /// <summary>After the first pass. Null when something is wrong.</summary>
    public static TablePlan? Make(ColumnPlan[] columns, string file, ImportContext context)
    {
        ImportOptions options = context.Options;
        if (columns.Length == 0)
        {
            context.Errors.Add("no_columns", "no row has a column", file);
            return null;
        }

        Dictionary<string, ColumnPlan> byName = columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        long before = context.Errors.Count;
        foreach ((string option, IReadOnlyList<string>? names) in ((string, IReadOnlyList<string>?)[])
            [("features", options.Features), ("label", options.Label), ("categorical", options.Categorical), ("numeric", options.Numeric)])
            CheckNames(option, names, byName, context.Errors);
        if (context.Errors.Count > before) return null;
        if (options.WithoutLabels && options.Label is not null) context.Errors.Add("conflict", "with \"target\": \"none\" there is no label", column: "label");
        string[] label = options.WithoutLabels ? [] : options.Label is { } given ? [.. given] : [DefaultLabel(columns)];
        string[] features = options.Features is { } chosen ? [.. chosen] : [.. columns.Select(c => c.Name).Except(label, StringComparer.Ordinal)];
        if (features.Intersect(label, StringComparer.Ordinal).FirstOrDefault() is { } both)
            context.Errors.Add("conflict", $"'{JsonWords.Short(both)}' is both feature and label", column: "features");
        if (features.Length == 0) context.Errors.Add("no_features", "the table has no column left to take as input", file);
        HashSet<string> used = [.. features, .. label];
        var plan = new TablePlan(columns, [.. Enumerable.Range(0, columns.Length).Where(i => used.Contains(columns[i].Name))], features, label);
        plan.ChooseTypes(file, context);
        return context.Errors.Count > before ? null : plan;
    }

    private static void CheckNames(string option, IReadOnlyList<string>? names, Dictionary<string, ColumnPlan> columns, ImportErrors errors)
    {
        foreach (string name in names ?? [])
            if (!columns.ContainsKey(name))
                errors.Add("unknown_column", $"the table has no column '{JsonWords.Short(name)}'{(NearestName.Of(name, columns.Keys) is { } near ? $"; did you mean '{near}'?" : "")}", column: option);
        if (names?.Distinct(StringComparer.Ordinal).Count() < names?.Count) errors.Add("conflict", "a column is named twice", column: option);
    }

    private static string DefaultLabel(ColumnPlan[] columns)
        => LabelNames.Select(name => columns.FirstOrDefault(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Name)
            .FirstOrDefault(name => name is not null)
            ?? columns[^1].Name;

    private void ChooseTypes(string file, ImportContext context)
    {
        ImportOptions options = context.Options;
        foreach (int i in Stored)
        {
            ColumnPlan column = Columns[i];
            column.IsLabel = Label.Contains(column.Name, StringComparer.Ordinal);
            bool asked = options.Numeric.Contains(column.Name, StringComparer.Ordinal),
                words = options.Categorical.Contains(column.Name, StringComparer.Ordinal);
            if (asked && words)
                context.Errors.Add("conflict", $"'{JsonWords.Short(column.Name)}' is asked for both as numbers and as words", column: "numeric");
            if (column.Numbers + column.Words == 0)
            {
                context.Errors.Add("empty_column", "the column has no values at all; leave it out of the features", file, column: column.Name);
                continue;
            }
            // More numbers than words: the words are taken for mistakes, and each is reported.
            column.Type = words || (!asked && column.Words >= column.Numbers) ? ColumnType.Categorical : ColumnType.Numeric;
            bool classes = column.IsLabel && (column.Type == ColumnType.Categorical || options.Target == "class");
            column.MostDistinct = classes ? context.Limits.MaxClasses : column.Type == ColumnType.Categorical ? context.Limits.MaxCategories
                : ColumnPlan.MaxWholeNumbers;
            if (!column.IsLabel || column.Type == ColumnType.Numeric) continue;
            if (Label.Length > 1)
                context.Errors.Add("wrong_label", "several labels must all be numbers; this one has words", file, column: column.Name);
            else if (options.Target == "number")
                context.Errors.Add("wrong_label", "the label has words; it cannot be a number", file, column: column.Name);
        }
    }
}
