using TrainService.Data.Descriptions;
using TrainService.Data.Requests;
using TrainService.Data.Storage;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Data.Selection;

/// <summary>Works out a request's features, label and classes from a dataset's description.</summary>
internal static class Selector
{
    public const string Root = "/dataset";

    /// <summary>Null when something is wrong; then <paramref name="errors"/> say what.</summary>
    public static Selected? Select(DatasetDescription dataset, DatasetRequest request, List<SpecError> errors)
    {
        int before = errors.Count;
        ColumnDescription[]? features = null;
        (TargetDescription Target, ClassCounts? Counts)? label = (dataset.Target, dataset.Statistics?.ClassCounts);
        if (dataset.Columns is { } columns)
        {
            features = Columns(columns, request.Features ?? DefaultFeatures(dataset, request), $"{Root}/features", errors);
            if (request.Label is { } names) label = LabelOf(dataset, columns, names, errors);
            foreach (string both in (features ?? []).Select(f => f.Name).Intersect(label?.Target.Columns ?? [], StringComparer.Ordinal))
                errors.Add(new($"{Root}/features", "conflict", $"'{JsonWords.Short(both)}' is both feature and label.", JsonWords.Short(both)));
        }
        else
        {
            foreach (string? option in (string?[])[request.Features is null ? null : "features", request.Label is null ? null : "label"])
                if (option is not null)
                    errors.Add(new($"{Root}/{option}", "conflict", $"'{dataset.Name}' is no table: it has no columns to choose from."));
        }
        if (errors.Count > before || label is not { } found) return null;
        var selected = new Selected
        {
            Dataset = dataset, Features = features, Target = found.Target, ClassCounts = found.Counts,
            Counts = dataset.Counts
        };
        // A table's inputs are the columns chosen.
        if (found.Target.Kind == TargetKind.Inputs) selected = selected with { Target = TargetDescription.OfInputs(selected.InputShape) };
        return request.Classes is { } classes ? ClassSelection.Apply(selected, classes, errors) : selected;
    }

    // All columns but the new label: the old one is a measurement like any other then.
    private static IReadOnlyList<string> DefaultFeatures(DatasetDescription dataset, DatasetRequest request)
        => request.Label is { } label && !label.SequenceEqual(dataset.Target.Columns ?? [], StringComparer.Ordinal)
            ? [.. dataset.Columns!.Select(c => c.Name).Except(label, StringComparer.Ordinal)]
            : dataset.Features!;

    private static ColumnDescription[]? Columns(IReadOnlyList<ColumnDescription> columns, IReadOnlyList<string> names, string pointer,
        List<SpecError> errors)
    {
        List<ColumnDescription> found = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < names.Count; i++)
        {
            int index = StoredDataset.IndexOf(columns, names[i]);
            if (index < 0)
                errors.Add(new(JsonPointer.Element(pointer, i), "unknown_name",
                    $"There is no column '{JsonWords.Short(names[i])}'; the columns are {JsonWords.List(columns.Select(c => c.Name))}.",
                    JsonWords.Short(names[i]), NearestName.Of(names[i], columns.Select(c => c.Name))));
            else if (!seen.Add(names[i]))
                errors.Add(new(JsonPointer.Element(pointer, i), "conflict", $"The column '{JsonWords.Short(names[i])}' is named twice.",
                    JsonWords.Short(names[i])));
            else found.Add(columns[index]);
        }
        if (names.Count == 0) errors.Add(new(pointer, "required", "At least one column is needed."));
        return found.Count == names.Count ? [.. found] : null;
    }

    private static (TargetDescription Target, ClassCounts? Counts)? LabelOf(DatasetDescription dataset, IReadOnlyList<ColumnDescription> columns,
        IReadOnlyList<string> names, List<SpecError> errors)
    {
        if (names.SequenceEqual(dataset.Target.Columns ?? [], StringComparer.Ordinal)) return (dataset.Target, dataset.Statistics?.ClassCounts);
        if (Columns(columns, names, $"{Root}/label", errors) is not { Length: > 0 } found) return null;
        if (found.Length == 1 && LabelKind.Of(found[0], null, dataset.Counts.Train) is { } target)
            return (target, target.Kind == TargetKind.Class ? found[0].Counts : null);
        foreach (ColumnDescription words in found.Where(c => c.Type == ColumnType.Categorical))
            errors.Add(new($"{Root}/label", "conflict", $"Several labels must all be numbers; '{JsonWords.Short(words.Name)}' has words.",
                JsonWords.Short(words.Name)));
        return (new() { Kind = TargetKind.Vector, Shape = [found.Length], Columns = names }, null);
    }
}
