using System.Buffers.Binary;

namespace TrainService.Formats.Hdf5;

/// <summary>A block of structure, read forward. Whatever would lie beyond its end is an error at its place in the file.</summary>
internal sealed class Hdf5Cursor(Hdf5Source source, ReadOnlyMemory<byte> bytes, long address, string what)
{
    private int _at;

    public Hdf5Source Source => source;

    /// <summary>Where in the file the next byte is.</summary>
    public long Address => address + _at;

    public int Left => bytes.Length - _at;

    public byte U8() => Take(1)[0];

    public int U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>An address in the file, or <see cref="Hdf5Source.Undefined"/>.</summary>
    public long Offset() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    /// <summary>A count of bytes or elements, below 2⁶³.</summary>
    public long Length()
    {
        long at = Address, value = BinaryPrimitives.ReadInt64LittleEndian(Take(8));
        return value >= 0 ? value : throw source.Problem($"{what} holds a length that is beyond any file", at);
    }

    /// <summary>An unsigned number of 1 to 8 bytes, below 2⁶³.</summary>
    public long Number(int size)
    {
        long at = Address;
        ReadOnlySpan<byte> taken = Take(size);
        ulong value = 0;
        for (int i = size - 1; i >= 0; i--) value = (value << 8) | taken[i];
        return value <= long.MaxValue ? (long)value : throw source.Problem($"{what} holds a number that is beyond any file", at);
    }

    public ReadOnlySpan<byte> Take(long count)
    {
        if (count < 0 || count > Left) throw source.Problem($"{what} ends too early: {count:N0} bytes are needed, {Left:N0} are left", Address);
        _at += (int)count;
        return bytes.Span.Slice(_at - (int)count, (int)count);
    }

    public void Skip(long count) => Take(count);

    /// <summary>Goes on at a multiple of 8 bytes, counted from the beginning of the block.</summary>
    public void Align() => Take(-_at & 7);

    /// <summary>The next bytes as a block of their own.</summary>
    public Hdf5Cursor Part(long count, string part)
    {
        long at = Address;
        int begin = _at;
        Skip(count);
        return new Hdf5Cursor(source, bytes.Slice(begin, (int)count), at, part);
    }

    public void Expect(ReadOnlySpan<byte> signature)
    {
        long at = Address;
        if (!Take(signature.Length).SequenceEqual(signature)) throw source.Problem($"{what} does not begin as it must", at);
    }

    /// <summary>The rest of the block, untouched.</summary>
    public ReadOnlyMemory<byte> Rest => bytes[_at..];

    public ArrayFormatException Problem(string problem) => source.Problem($"{what}: {problem}", Address);
}
