namespace TrainService.Formats;

internal static class ArrayShape
{
    /// <summary>Elements of a shape; null when an axis is negative or the product does not fit, even if another axis is zero.</summary>
    public static long? Count(IReadOnlyList<long> shape)
    {
        long product = 1;
        bool empty = false;
        foreach (long axis in shape)
        {
            if (axis < 0) return null;
            if (axis == 0)
            {
                empty = true;
                continue;
            }
            if (product > long.MaxValue / axis) return null;
            product *= axis;
        }
        return empty ? 0 : product;
    }

    /// <summary>Bytes that an array takes, checked against what may be held in memory at once; throws with the place otherwise.</summary>
    public static long Bytes(IReadOnlyList<long> shape, ArrayType type, FormatLimits limits, string file, string? array, long? offset)
    {
        string shown = $"[{string.Join(", ", shape.Take(16))}{(shape.Count > 16 ? ", …" : "")}]";
        if (shape.Count > limits.MaxRank)
            throw new ArrayFormatException(file, array, $"the shape has {shape.Count} axes, more than {limits.MaxRank}", offset);
        if (shape.Any(axis => axis < 0)) throw new ArrayFormatException(file, array, $"the shape {shown} has a negative axis", offset);
        if (Count(shape) is not { } count || count > long.MaxValue / type.Size())
            throw new ArrayFormatException(file, array, $"the shape {shown} does not fit into any memory", offset);
        long bytes = count * type.Size();
        if (bytes > limits.MaxBytes)
            throw new ArrayFormatException(file, array, $"the shape {shown} takes {bytes:N0} bytes, more than the limit of {limits.MaxBytes:N0}",
                offset);
        return bytes;
    }
}
