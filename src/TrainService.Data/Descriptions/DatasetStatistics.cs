namespace TrainService.Data.Descriptions;

/// <summary>
/// Smallest and largest value, mean, and standard deviation (of the population: divided by n). In the units in which rows are drawn.
/// </summary>
public sealed record ValueStatistics(double Minimum, double Maximum, double Mean, double StandardDeviation);

/// <summary>Taken once, over the training rows, when a dataset is stored.</summary>
public sealed record DatasetStatistics
{
    /// <summary>Over all input values together. Null when there is no numeric input.</summary>
    public ValueStatistics? Inputs { get; init; }

    /// <summary>Input by input, for inputs of rank 1 with at most 1,024 numbers that are not a table (a table has them in its columns).</summary>
    public IReadOnlyList<ValueStatistics>? Features { get; init; }

    /// <summary>Channel by channel, for pictures with several.</summary>
    public IReadOnlyList<ValueStatistics>? Channels { get; init; }

    /// <summary>Over all targets that are numbers.</summary>
    public ValueStatistics? Targets { get; init; }

    /// <summary>Number by number of a row of targets that are no classes, over the rows of all parts; null for more than 1,024, and for tables (which have <see cref="ColumnDescription.WholeNumbers"/>).</summary>
    public IReadOnlyList<TargetColumn>? TargetColumns { get; init; }

    /// <summary>Rows of each class, by index, for each split that is there.</summary>
    public ClassCounts? ClassCounts { get; init; }
}

/// <summary>Rows of each class, by index.</summary>
public sealed record ClassCounts(IReadOnlyList<int> Train, IReadOnlyList<int>? Validation = null, IReadOnlyList<int>? Test = null);
