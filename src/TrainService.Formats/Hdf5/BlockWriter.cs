using System.Buffers.Binary;

namespace TrainService.Formats.Hdf5;

/// <summary>A block of structure being made, little-endian.</summary>
internal sealed class BlockWriter
{
    private readonly List<byte> _bytes = [];

    public int Count => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    public BlockWriter U8(int value)
    {
        _bytes.Add((byte)value);
        return this;
    }

    public BlockWriter U16(int value) => Number(value, 2);

    public BlockWriter U32(long value) => Number(value, 4);

    public BlockWriter U64(long value) => Number(value, 8);

    public BlockWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public BlockWriter Zeros(int count)
    {
        for (int i = 0; i < count; i++) _bytes.Add(0);
        return this;
    }

    /// <summary>Zeros up to a length.</summary>
    public BlockWriter Fill(int length) => Zeros(length - Count);

    /// <summary>Zeros up to a multiple of 8.</summary>
    public BlockWriter Align() => Zeros(-Count & 7);

    private BlockWriter Number(long value, int size)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Raw(bytes[..size]);
    }
}
