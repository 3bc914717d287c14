namespace TrainService.Data.Descriptions;

/// <summary>One column of a table.</summary>
public sealed record ColumnDescription
{
    public required string Name { get; init; }

    public required ColumnType Type { get; init; }

    /// <summary>For categorical columns: the words, in ordinal order. The stored value is the word's index.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>For numeric columns of few distinct whole numbers, which may stand for classes: those numbers, ascending.</summary>
    public IReadOnlyList<long>? WholeNumbers { get; init; }

    /// <summary>Rows of each of <see cref="Categories"/> or <see cref="WholeNumbers"/>, in that order.</summary>
    public ClassCounts? Counts { get; init; }

    /// <summary>For numeric columns, over the training rows.</summary>
    public ValueStatistics? Statistics { get; init; }

    /// <summary>Cells that were empty or said "NA" and were filled in.</summary>
    public int Missing { get; init; }

    /// <summary>
    /// What a missing cell becomes: the mean of a numeric column, the most frequent word's index of a categorical one. Null: an error.
    /// </summary>
    public double? FillValue { get; init; }

    /// <summary>Numbers that it takes in an input row.</summary>
    public int Width => Categories?.Count ?? 1;
}
