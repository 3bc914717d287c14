using System.Buffers.Binary;
using System.IO.Compression;

namespace TrainService.Formats.Idx;

/// <summary>
/// An IDX file, the format of MNIST and its kin: two zero bytes, a type, the number of axes, their sizes, then the elements; all big-endian.
/// Gzip is recognized and undone. Elements are given little-endian. Source: LeCun, "The MNIST database", file format.
/// </summary>
public sealed class IdxReader : IDisposable
{
    private readonly Stream _stream;
    private readonly string _file;
    private long _left;

    private IdxReader(Stream stream, FormatLimits limits, string file)
    {
        (_stream, _file) = (stream, file);
        Span<byte> magic = stackalloc byte[4];
        Fill(magic, 0, "the IDX magic");
        if (magic[0] != 0 || magic[1] != 0)
            throw new ArrayFormatException(file, null, "this is no IDX file: it does not start with two zero bytes", 0);
        Type = magic[2] switch
        {
            0x08 => ArrayType.UInt8,
            0x09 => ArrayType.Int8,
            0x0B => ArrayType.Int16,
            0x0C => ArrayType.Int32,
            0x0D => ArrayType.Float32,
            0x0E => ArrayType.Float64,
            _ => throw new ArrayFormatException(file, null, $"the IDX element type 0x{magic[2]:X2} is unknown", 2),
        };
        Shape = ReadShape(magic[3], limits);
        _left = ByteCount = ArrayShape.Bytes(Shape, Type, limits, file, null, 4);
    }

    public ArrayType Type { get; }

    public IReadOnlyList<long> Shape { get; }

    /// <summary>Bytes of all elements.</summary>
    public long ByteCount { get; }

    /// <summary>Reads the header. The stream stays the caller's and need not be seekable.</summary>
    public static IdxReader Open(Stream stream, FormatLimits? limits = null, string file = "file.idx")
    {
        Span<byte> start = stackalloc byte[2];
        StreamReading.Fill(stream, start, file, null, 0, "the IDX magic");
        Stream unpacked = new PrefixedStream(start, stream);
        if (start is [0x1F, 0x8B]) unpacked = new GZipStream(unpacked, CompressionMode.Decompress);
        try
        {
            return new(unpacked, limits ?? FormatLimits.Default, file);
        }
        catch
        {
            unpacked.Dispose();
            throw;
        }
    }

    /// <summary>A whole file in memory.</summary>
    public static NamedArray Read(Stream stream, string name, FormatLimits? limits = null)
    {
        using IdxReader reader = Open(stream, limits, name);
        // What is packed cannot be seen from outside: the memory grows with what arrives.
        byte[] bytes = new byte[Math.Min(reader.ByteCount, 1 << 20)];
        int filled = 0;
        while (true)
        {
            reader.ReadElements(bytes.AsSpan(filled));
            if (bytes.Length == reader.ByteCount) break;
            filled = bytes.Length;
            if (reader.ByteCount > Array.MaxLength)
                throw new ArrayFormatException(name, null, $"{reader.ByteCount:N0} bytes are more than one array can hold ({Array.MaxLength:N0})");
            Array.Resize(ref bytes, (int)Math.Min(reader.ByteCount, Math.Min(Array.MaxLength, bytes.Length * 2L)));
        }
        return new NamedArray(name, reader.Type, reader.Shape, bytes);
    }

    /// <summary>
    /// The next elements, little-endian. Fills <paramref name="destination"/>, which holds whole elements and no more than are left; after the last
    /// one, bytes that follow are an error.
    /// </summary>
    public void ReadElements(Span<byte> destination)
    {
        if (destination.Length > _left || destination.Length % Type.Size() != 0)
            throw new ArgumentException("More than the elements that are left, or a part of one.", nameof(destination));
        Fill(destination, ByteCount - _left, "the elements");
        _left -= destination.Length;
        ReverseElements(destination, Type.Size());
        if (_left == 0 && ReadByte() >= 0) throw new ArrayFormatException(_file, null, "there are bytes after the last element");
    }

    public void Dispose() => _stream.Dispose();

    private long[] ReadShape(int rank, FormatLimits limits)
    {
        if (rank > limits.MaxRank) throw new ArrayFormatException(_file, null, $"the shape has {rank} axes, more than {limits.MaxRank}", 3);
        Span<byte> sizes = stackalloc byte[4 * rank];
        Fill(sizes, 4, "the sizes of the axes");
        long[] shape = new long[rank];
        for (int i = 0; i < rank; i++) shape[i] = BinaryPrimitives.ReadInt32BigEndian(sizes[(4 * i)..]);
        return shape;
    }

    private void Fill(Span<byte> destination, long offset, string what)
    {
        try
        {
            StreamReading.Fill(_stream, destination, _file, null, offset, what);
        }
        catch (InvalidDataException e)
        {
            throw new ArrayFormatException(_file, null, "the gzip stream is damaged", offset, e);
        }
    }

    private int ReadByte()
    {
        try
        {
            return _stream.ReadByte();
        }
        catch (InvalidDataException e)
        {
            throw new ArrayFormatException(_file, null, "the gzip stream is damaged at its end", null, e);
        }
    }

    private static void ReverseElements(Span<byte> elements, int size)
    {
        if (size == 1) return;
        for (int i = 0; i < elements.Length; i += size) elements.Slice(i, size).Reverse();
    }
}
