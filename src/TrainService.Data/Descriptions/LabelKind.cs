using System.Globalization;

namespace TrainService.Data.Descriptions;

/// <summary>What a table's column means when it is predicted.</summary>
internal static class LabelKind
{
    /// <summary>
    /// Words are classes. Numbers are classes when they are whole, not negative, few (<see cref="Import.Tables.ColumnPlan.MaxWholeNumbers"/>),
    /// and come up at least twice on average; or when <paramref name="asked"/> says so. Null when that is impossible.
    /// </summary>
    /// <param name="asked">class, number, or null.</param>
    public static TargetDescription? Of(ColumnDescription column, string? asked, int rows)
    {
        if (column.Categories is { } words)
            return asked == "number" ? null : new() { Kind = TargetKind.Class, Shape = [1], ClassNames = words, Columns = [column.Name] };
        bool few = column.WholeNumbers is { } numbers && numbers[0] >= 0 && numbers.Count >= 2 && rows >= 2 * numbers.Count;
        if (asked == "number" || (asked is null && !few)) return new() { Kind = TargetKind.Number, Shape = [1], Columns = [column.Name] };
        return column.WholeNumbers is { } wholes
            ? new()
            {
                Kind = TargetKind.Class, Shape = [1], ClassNames = [.. wholes.Select(w => w.ToString(CultureInfo.InvariantCulture))],
                Columns = [column.Name]
            }
            : null;
    }
}
