using System.Buffers.Binary;
using System.Text;

namespace TrainService.Formats.Npy;

/// <summary>
/// The header of an NPY file: magic, version, length, and a Python dictionary with the element type, the order and the shape.
/// Source: NumPy, "numpy.lib.format", versions 1.0 to 3.0. A dictionary that holds anything else, and any type that would need unpickling, is
/// refused.
/// </summary>
/// <param name="FortranOrder">The first axis runs fastest.</param>
/// <param name="DataOffset">Bytes before the first element.</param>
public sealed record NpyHeader(ArrayType Type, IReadOnlyList<long> Shape, bool FortranOrder, long DataOffset)
{
    // NumPy itself refuses headers beyond 10,000 characters unless told to trust the file.
    private const int MaxLength = 1 << 16;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Elements of the array.</summary>
    public long Count => ArrayShape.Count(Shape)!.Value;

    /// <summary>Bytes of all elements.</summary>
    public long ByteCount => Count * Type.Size();

    /// <summary>Reads a header; the stream then stands at the first element.</summary>
    /// <param name="file">For messages.</param>
    /// <param name="array">For messages: the array's name within an archive.</param>
    public static NpyHeader Read(Stream stream, FormatLimits limits, string file, string? array = null)
    {
        Span<byte> start = stackalloc byte[8];
        StreamReading.Fill(stream, start, file, array, 0, "the NPY magic");
        if (!start.StartsWith(Magic)) throw new ArrayFormatException(file, array, "this is no NPY file: the magic \\x93NUMPY is missing", 0);
        int major = start[6], minor = start[7];
        if (major is < 1 or > 3 || minor != 0) throw new ArrayFormatException(file, array, $"NPY version {major}.{minor} is unknown", 6);
        Span<byte> length = stackalloc byte[major == 1 ? 2 : 4];
        StreamReading.Fill(stream, length, file, array, 8, "the header's length");
        uint headerLength = major == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(length) : BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (headerLength > MaxLength)
            throw new ArrayFormatException(file, array, $"the header is {headerLength:N0} bytes long, more than {MaxLength:N0}", 8);
        byte[] text = new byte[headerLength];
        long textOffset = 8 + length.Length;
        StreamReading.Fill(stream, text, file, array, textOffset, "the header");
        NpyHeader header = new NpyHeaderParser(Encoding.Latin1.GetString(text), file, array, textOffset).Parse();
        ArrayShape.Bytes(header.Shape, header.Type, limits, file, array, textOffset);
        return header with { DataOffset = textOffset + headerLength };
    }

    /// <summary>Writes it as version 1.0, padded so that the elements start at a multiple of 64, as NumPy does.</summary>
    public static void Write(Stream stream, ArrayType type, IReadOnlyList<long> shape, bool fortranOrder)
    {
        string axes = shape.Count switch { 0 => "()", 1 => $"({shape[0]},)", _ => $"({string.Join(", ", shape)})" };
        string text = $"{{'descr': '{NpyTypes.Descr(type)}', 'fortran_order': {(fortranOrder ? "True" : "False")}, 'shape': {axes}, }}";
        int padded = ((10 + text.Length + 1 + 63) / 64 * 64) - 10;
        byte[] header = new byte[10 + padded];
        header.AsSpan(10).Fill((byte)' ');
        Magic.CopyTo(header);
        header[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), checked((ushort)padded));
        Encoding.ASCII.GetBytes(text, header.AsSpan(10));
        header[^1] = (byte)'\n';
        stream.Write(header);
    }
}
