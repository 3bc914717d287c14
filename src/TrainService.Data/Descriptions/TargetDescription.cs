namespace TrainService.Data.Descriptions;

/// <summary>What is to be predicted, and in which form a row of targets stands.</summary>
public sealed record TargetDescription
{
    public required TargetKind Kind { get; init; }

    /// <summary>Shape of one row of targets: [1] for classes and numbers, the shape of the vector or of the inputs otherwise.</summary>
    public required IReadOnlyList<int> Shape { get; init; }

    /// <summary>For classes, and for classes turned into vectors by one_hot: their names, by index.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>For tables: the columns that the targets were read from.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>For arrays y_NAME: the outputs' targets, which make up a row, one behind the other. Null when a row is the target of one output.</summary>
    public IReadOnlyList<NamedPart>? Parts { get; init; }

    /// <summary>Of a dataset without labels.</summary>
    /// <param name="shape">Of a row of inputs.</param>
    public static TargetDescription OfInputs(IReadOnlyList<int> shape) => new() { Kind = TargetKind.Inputs, Shape = shape };

    /// <summary>Numbers in a row of targets.</summary>
    public int Length => Shape.Aggregate(1, (a, b) => a * b);
}
