namespace TrainService.Data.Descriptions;

/// <summary>One of several arrays that make up a row, one behind the other: for models with several inputs or outputs.</summary>
/// <param name="Name">Of the input or output that it is for.</param>
/// <param name="Shape">Of its part of a row; [1] for a single number.</param>
public sealed record NamedPart(string Name, IReadOnlyList<int> Shape)
{
    /// <summary>Numbers that it takes of a row.</summary>
    public int Length => Shape.Aggregate(1, (a, b) => a * b);

    public bool Equals(NamedPart? other) => other is not null && Name == other.Name && Shape.SequenceEqual(other.Shape);

    public override int GetHashCode() => HashCode.Combine(Name, Length);
}
