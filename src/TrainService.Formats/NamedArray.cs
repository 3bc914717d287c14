using System.Runtime.InteropServices;

namespace TrainService.Formats;

/// <summary>
/// A name, an element type, a shape, and the elements in C order (the last axis runs fastest). The memory is referred to, never copied:
/// a file is written straight from the float memory that a network trains in.
/// </summary>
public sealed class NamedArray
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly ReadOnlyMemory<float> _floats;

    /// <param name="name">Any text; unique within its file.</param>
    /// <param name="shape">Sizes of the axes; empty for a scalar. Zero is allowed.</param>
    /// <param name="bytes">Little-endian elements, exactly as many as the shape says.</param>
    public NamedArray(string name, ArrayType type, IReadOnlyList<long> shape, ReadOnlyMemory<byte> bytes)
        : this(name, type, shape, bytes.Length) => _bytes = bytes;

    /// <summary>An array of float32 over memory that stays the caller's.</summary>
    public NamedArray(string name, IReadOnlyList<long> shape, ReadOnlyMemory<float> values)
        : this(name, ArrayType.Float32, shape, values.Length * 4L) => _floats = values;

    private NamedArray(string name, ArrayType type, IReadOnlyList<long> shape, long byteCount)
    {
        (Name, Type, Shape) = (name, type, [.. shape]);
        if (ArrayShape.Count(Shape) is not { } count || count > long.MaxValue / type.Size() || count * type.Size() != byteCount)
            throw new ArgumentException($"Shape [{string.Join(", ", shape)}] of {type} does not take {byteCount} bytes.", nameof(shape));
        Count = count;
    }

    public string Name { get; }

    public ArrayType Type { get; }

    public IReadOnlyList<long> Shape { get; }

    /// <summary>Elements: the product of the shape, 1 for a scalar.</summary>
    public long Count { get; }

    /// <summary>The elements, little-endian, in C order.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.IsEmpty ? MemoryMarshal.AsBytes(_floats.Span) : _bytes.Span;

    /// <summary>The same as memory; floats that lie elsewhere are copied.</summary>
    internal ReadOnlyMemory<byte> Memory => _bytes.IsEmpty && Count > 0 ? Bytes.ToArray() : _bytes;

    /// <summary>The same elements, shared, under another name.</summary>
    public NamedArray As(string name) => _bytes.IsEmpty && Count > 0 ? new(name, Shape, _floats) : new(name, Type, Shape, _bytes);

    /// <summary>Writes every element as float32: 64-bit types are rounded to the nearest, bool becomes 0 or 1.</summary>
    public void CopyTo(Span<float> destination) => ElementConverter.ToSingles(Type, Bytes, destination);

    /// <summary>Every element as float32.</summary>
    public float[] ToSingles()
    {
        float[] values = new float[Count];
        CopyTo(values);
        return values;
    }
}
