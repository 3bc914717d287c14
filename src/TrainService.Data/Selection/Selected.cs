using TrainService.Data.Descriptions;

namespace TrainService.Data.Selection;

/// <summary>Which of a dataset's numbers are inputs, and which targets: what a request's features, label and classes come to.</summary>
internal sealed record Selected
{
    public required DatasetDescription Dataset { get; init; }

    /// <summary>For tables: the input columns in order.</summary>
    public ColumnDescription[]? Features { get; init; }

    /// <summary>After the selection of classes.</summary>
    public required TargetDescription Target { get; init; }

    /// <summary>For classes: the new number of each old one, -1 for one that is left out. Null keeps all as they are.</summary>
    public int[]? Renumbering { get; init; }

    /// <summary>For classes: rows of each of <see cref="Target"/>'s classes.</summary>
    public ClassCounts? ClassCounts { get; init; }

    public required SplitCounts Counts { get; init; }

    public IReadOnlyList<int> InputShape => Features is { } features ? [features.Sum(f => f.Width)] : Dataset.InputShape;

    /// <summary>For each input number, whether it is a measurement (true) or tells a category.</summary>
    public bool[] NumericInputs() => Features is { } features
        ? [.. features.SelectMany(f => Enumerable.Repeat(f.Categories is null, f.Width))]
        : [.. Enumerable.Repeat(true, InputShape.Aggregate(1, (a, b) => a * b))];
}
