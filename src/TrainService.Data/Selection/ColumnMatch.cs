using TrainService.Data.Descriptions;
using TrainService.Data.Rows;
using TrainService.Data.Storage;

namespace TrainService.Data.Selection;

/// <summary>Finds an input column in a table, which may be another one than it was described in.</summary>
internal static class ColumnMatch
{
    /// <summary>Words of the other table that this column does not know become no category at all.</summary>
    public static TableColumn Of(ColumnDescription column, IReadOnlyList<ColumnDescription> table)
    {
        int index = StoredDataset.IndexOf(table, column.Name);
        if (column.Categories is not { } known) return new(index, 1, Categorical: false);
        IReadOnlyList<string> theirs = table[index].Categories!;
        return new(index, known.Count, Categorical: true, theirs.SequenceEqual(known, StringComparer.Ordinal) ? null : Numbers(theirs, known));
    }

    /// <summary>For each of their names, its number among ours, or -1.</summary>
    public static int[] Numbers(IReadOnlyList<string> theirs, IReadOnlyList<string> ours)
    {
        Dictionary<string, int> numbers = [];
        for (int i = 0; i < ours.Count; i++) numbers[ours[i]] = i;
        return [.. theirs.Select(name => numbers.GetValueOrDefault(name, -1))];
    }
}
