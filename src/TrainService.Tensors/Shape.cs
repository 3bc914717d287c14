using System.Collections.Immutable;

namespace TrainService.Tensors;

/// <summary>Sizes of a tensor's axes, without the batch axis: [28, 28, 1]. Compared by value.</summary>
public readonly struct Shape : IEquatable<Shape>
{
    private readonly ImmutableArray<int> _axes;

    public Shape(params ReadOnlySpan<int> axes) => _axes = [.. axes];

    public ImmutableArray<int> Axes => _axes.IsDefault ? [] : _axes;

    public int Rank => Axes.Length;

    /// <summary>Size of an axis; negative counts from the end.</summary>
    public int this[int axis] => Axes[axis < 0 ? Rank + axis : axis];

    /// <summary>How many elements: the product of the axes; 1 for a scalar.</summary>
    public long Size
    {
        get
        {
            long size = 1;
            foreach (int axis in Axes) size = checked(size * axis);
            return size;
        }
    }

    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    public bool Equals(Shape other) => Axes.AsSpan().SequenceEqual(other.Axes.AsSpan());

    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int axis in Axes) hash.Add(axis);
        return hash.ToHashCode();
    }

    public override string ToString() => $"[{string.Join(", ", Axes)}]";
}
