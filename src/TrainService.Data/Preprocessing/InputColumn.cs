using TrainService.Data.Descriptions;

namespace TrainService.Data.Preprocessing;

/// <summary>A column that a network takes as input: what predict needs to read a row of named values.</summary>
/// <param name="Categories">The words of a categorical column, by index; null for numbers.</param>
/// <param name="FillValue">What a missing value becomes (a word's index for categories); null when it is an error.</param>
public sealed record InputColumn(string Name, IReadOnlyList<string>? Categories = null, double? FillValue = null)
{
    /// <summary>Numbers that it takes in an input row.</summary>
    public int Width => Categories?.Count ?? 1;

    public static InputColumn Of(ColumnDescription column) => new(column.Name, column.Categories, column.FillValue);
}
