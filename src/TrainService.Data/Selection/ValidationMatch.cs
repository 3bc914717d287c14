using TrainService.Data.Descriptions;
using TrainService.Data.Storage;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Data.Selection;

/// <summary>Checks that another dataset's rows can be validated on: the same columns or shape, and no class that is not learned.</summary>
internal static class ValidationMatch
{
    /// <summary>The source of its rows and how many there are; null when it doesn't fit.</summary>
    /// <param name="classesChosen">Rows of other classes are left out rather than an error.</param>
    /// <param name="pointer">Where the other dataset is named.</param>
    public static (PartSource Source, int Rows)? Of(Selected selected, DatasetDescription other, bool classesChosen, string pointer, List<SpecError> errors)
    {
        int before = errors.Count;
        if (selected.Features is { } features) MatchColumns(features, selected.Target, other, pointer, errors);
        else MatchShapes(selected, other, pointer, errors);
        if (errors.Count > before) return null;
        if (selected.Target.Kind != TargetKind.Class) return (new(selected, other, null), other.Counts.Train);
        (IReadOnlyList<string> names, IReadOnlyList<int> counts) = ClassesOf(selected, other);
        int[] numbers = ColumnMatch.Numbers(names, selected.Target.ClassNames!);
        int rows = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] >= 0) rows += counts[i];
            else if (counts[i] > 0 && !classesChosen)
                errors.Add(new(pointer, "conflict", $"'{other.Name}' has rows of the class '{JsonWords.Short(names[i])}', which '{selected.Dataset.Name}' does not know.", other.Name));
        }
        if (rows == 0 && errors.Count == before) errors.Add(new(pointer, "conflict", $"'{other.Name}' has no rows of the classes that are learned.", other.Name));
        bool same = numbers.Length == selected.Target.ClassNames!.Count && numbers.Select((n, i) => n == i).All(equal => equal);
        return errors.Count > before ? null : (new(selected, other, same ? null : numbers), rows);
    }

    private static (IReadOnlyList<string> Names, IReadOnlyList<int> Counts) ClassesOf(Selected selected, DatasetDescription other)
    {
        if (other.Columns is not { } columns) return (other.Target.ClassNames!, other.Statistics!.ClassCounts!.Train);
        ColumnDescription label = columns[StoredDataset.IndexOf(columns, selected.Target.Columns![0])];
        return (LabelKind.Of(label, "class", other.Counts.Train)!.ClassNames!, label.Counts!.Train);
    }

    private static void MatchColumns(ColumnDescription[] features, TargetDescription target, DatasetDescription other, string pointer, List<SpecError> errors)
    {
        if (other.Columns is not { } columns)
        {
            errors.Add(new(pointer, "conflict", $"'{other.Name}' is no table.", other.Name));
            return;
        }
        foreach (ColumnDescription feature in features)
            if (Find(columns, feature.Name, other, pointer, errors) is { } theirs && theirs.Type != feature.Type)
                errors.Add(new(pointer, "conflict", $"The column '{JsonWords.Short(feature.Name)}' is {Word(theirs)} in '{other.Name}' and {Word(feature)} in the training rows.", other.Name));
        foreach (string name in target.Columns ?? [])
            if (Find(columns, name, other, pointer, errors) is { } theirs && (target.Kind == TargetKind.Class ? LabelKind.Of(theirs, "class", 0) is null : theirs.Type != ColumnType.Numeric))
                errors.Add(new(pointer, "conflict", $"The column '{JsonWords.Short(name)}' of '{other.Name}' cannot be a {(target.Kind == TargetKind.Class ? "class" : "number")}.", other.Name));
    }

    private static ColumnDescription? Find(IReadOnlyList<ColumnDescription> columns, string name, DatasetDescription other, string pointer, List<SpecError> errors)
    {
        int index = StoredDataset.IndexOf(columns, name);
        if (index >= 0) return columns[index];
        string? near = NearestName.Of(name, columns.Select(c => c.Name));
        errors.Add(new(pointer, "conflict", $"'{other.Name}' has no column '{JsonWords.Short(name)}'{(near is null ? "" : $"; the nearest is '{JsonWords.Short(near)}'")}.", other.Name));
        return null;
    }

    private static void MatchShapes(Selected selected, DatasetDescription other, string pointer, List<SpecError> errors)
    {
        if (other.Columns is not null)
            errors.Add(new(pointer, "conflict", $"'{other.Name}' is a table, '{selected.Dataset.Name}' is not.", other.Name));
        else if (!other.InputShape.SequenceEqual(selected.InputShape))
            errors.Add(new(pointer, "impossible_shape", $"'{other.Name}' has inputs of shape {Shown(other.InputShape)}, the training rows {Shown(selected.InputShape)}.", other.Name));
        else if (!Same(other.Inputs, selected.Dataset.Inputs) || !Same(other.Target.Parts, selected.Target.Parts))
            errors.Add(new(pointer, "conflict", $"'{other.Name}' has other arrays for the inputs or outputs of a model than the training rows.", other.Name));
        else if (selected.Target.Kind == TargetKind.Inputs) return;
        else if (other.Target.Kind != selected.Target.Kind || !other.Target.Shape.SequenceEqual(selected.Target.Shape))
            errors.Add(new(pointer, "impossible_shape",
                $"'{other.Name}' has targets of another kind: {other.Target.Kind.ToString().ToLowerInvariant()} {Shown(other.Target.Shape)}, not {selected.Target.Kind.ToString().ToLowerInvariant()} {Shown(selected.Target.Shape)}.", other.Name));
    }

    // What an earlier version stored, or a network from elsewhere, has no names: then the shapes decide.
    private static bool Same(IReadOnlyList<NamedPart>? theirs, IReadOnlyList<NamedPart>? ours) => theirs is null || ours is null || theirs.SequenceEqual(ours);

    private static string Word(ColumnDescription column) => column.Type == ColumnType.Numeric ? "numeric" : "categorical";

    private static string Shown(IReadOnlyList<int> shape) => $"[{string.Join(", ", shape)}]";
}
