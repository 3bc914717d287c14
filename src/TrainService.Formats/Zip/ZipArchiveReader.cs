using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace TrainService.Formats.Zip;

/// <summary>
/// Reads ZIP archives from strangers: stored and deflated entries, ZIP64. The directory is checked as a whole before any entry is opened:
/// how many entries, how long, every name once, no two sharing bytes, none longer than deflate could have packed. An opened entry gives
/// exactly as many bytes as the directory says, with the check sum it says, or an <see cref="ArrayFormatException"/>.
/// Source: PKWARE APPNOTE 6.3.10. Encrypted, split and patched archives are refused.
/// </summary>
public sealed class ZipArchiveReader
{
    private const uint EndSignature = 0x06054b50, End64Signature = 0x06064b50, Locator64Signature = 0x07064b50, EntrySignature = 0x02014b50,
        LocalSignature = 0x04034b50;
    private const int EndLength = 22, LocatorLength = 20, EntryLength = 46, LocalLength = 30;

    // The upper byte of "made by", and the file type in the upper half of the external attributes.
    private const int UnixHost = 3, UnixLink = 0xA;

    // One deflated bit pair can stand for at most 258 bytes: zlib's stated bound of 1032 to 1.
    private const long MaxRatio = 1032;

    private readonly Stream _stream;
    private readonly FormatLimits _limits;
    private readonly string _file;
    private readonly long _start;

    private ZipArchiveReader(Stream stream, FormatLimits limits, string file)
    {
        (_stream, _limits, _file, _start) = (stream, limits, file, stream.Position);
        Entries = ReadDirectory();
    }

    /// <summary>In the order of the directory. Folders (names that end in a slash) are left out.</summary>
    public IReadOnlyList<ZipEntry> Entries { get; }

    private long Length => _stream.Length - _start;

    /// <param name="stream">Seekable; the archive runs from its position to its end. Stays the caller's.</param>
    public static ZipArchiveReader Open(Stream stream, FormatLimits? limits = null, string file = "archive")
    {
        if (!stream.CanSeek) throw new ArgumentException("An archive's directory stands at its end: the stream must be seekable.", nameof(stream));
        return new(stream, limits ?? FormatLimits.Default, file);
    }

    /// <summary>The entry's bytes, unpacked as they are read. One entry at a time: they share the archive's stream.</summary>
    public Stream OpenEntry(ZipEntry entry)
    {
        byte[] local = ReadAt(entry.HeaderOffset, LocalLength, "a local header");
        if (BinaryPrimitives.ReadUInt32LittleEndian(local) != LocalSignature)
            throw Problem("a local header is missing", entry.HeaderOffset, entry.Name);
        long data = entry.HeaderOffset + LocalLength + U16(local, 26) + U16(local, 28);
        if (data > Length - entry.CompressedLength) throw Problem("the file ends within the entry", data, entry.Name);
        var packed = new WindowStream(_stream, _start + data, entry.CompressedLength);
        Stream unpacked = entry.Deflated ? new DeflateStream(packed, CompressionMode.Decompress) : packed;
        return new ZipEntryStream(unpacked, entry, _file);
    }

    private List<ZipEntry> ReadDirectory()
    {
        (long count, long size, long offset) = FindDirectory();
        if (count > _limits.MaxArrays) throw Problem($"the archive has {count:N0} entries, more than the limit of {_limits.MaxArrays:N0}", offset);
        if (size > _limits.MaxHeaderBytes)
            throw Problem($"the archive's directory takes {size:N0} bytes, more than the limit of {_limits.MaxHeaderBytes:N0}", offset);
        if (offset < 0 || size < 0 || offset > Length - size) throw Problem("the archive's directory lies outside the file", offset);
        byte[] directory = ReadAt(offset, (int)size, "the directory");
        List<ZipEntry> entries = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        int at = 0;
        for (long i = 0; i < count; i++)
        {
            ZipEntry entry = ReadEntry(directory, ref at, offset);
            if (!names.Add(entry.Name)) throw Problem("two entries have this name", offset, entry.Name);
            if (!entry.Name.EndsWith('/')) entries.Add(entry);
        }
        CheckLayout(entries, offset);
        return entries;
    }

    private (long Count, long Size, long Offset) FindDirectory()
    {
        int tail = (int)Math.Min(Length, EndLength + ushort.MaxValue);
        byte[] end = ReadAt(Length - tail, tail, "the end record");
        for (int at = tail - EndLength; at >= 0; at--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(at)) != EndSignature || at + EndLength + U16(end, at + 20) != tail) continue;
            if (U16(end, at + 4) is not (0 or ushort.MaxValue) || U16(end, at + 8) != U16(end, at + 10))
                throw Problem("archives in several parts are not supported", Length - tail + at);
            (long count, long size, long offset) = (U16(end, at + 10), U32(end, at + 12), U32(end, at + 16));
            return count == ushort.MaxValue || size == uint.MaxValue || offset == uint.MaxValue ? FindDirectory64(Length - tail + at - LocatorLength)
                : (count, size, offset);
        }
        throw Problem("this is no ZIP archive, or its end is missing", Math.Max(0, Length - EndLength));
    }

    private (long Count, long Size, long Offset) FindDirectory64(long locatorAt)
    {
        if (locatorAt < 0) throw Problem("the ZIP64 locator is missing", 0);
        byte[] locator = ReadAt(locatorAt, LocatorLength, "the ZIP64 locator");
        if (U32(locator, 0) != Locator64Signature) throw Problem("the ZIP64 locator is missing", locatorAt);
        long at = S64(locator, 8, locatorAt);
        byte[] end = ReadAt(at, 56, "the ZIP64 end record");
        if (U32(end, 0) != End64Signature) throw Problem("the ZIP64 end record is missing", at);
        return (S64(end, 32, at), S64(end, 40, at), S64(end, 48, at));
    }

    private ZipEntry ReadEntry(byte[] directory, ref int at, long directoryOffset)
    {
        if (directory.Length - at < EntryLength || U32(directory, at) != EntrySignature)
            throw Problem("the archive's directory is cut off or damaged", directoryOffset + at);
        int flags = U16(directory, at + 8), method = U16(directory, at + 10);
        int nameLength = U16(directory, at + 28), extraLength = U16(directory, at + 30), commentLength = U16(directory, at + 32);
        if (directory.Length - at - EntryLength < nameLength + extraLength + commentLength)
            throw Problem("the archive's directory is cut off or damaged", directoryOffset + at);
        // Names without the UTF-8 flag are in an old code page; Latin-1 keeps them apart, and ASCII ones as they are.
        string name = ((flags & 0x800) != 0 ? Encoding.UTF8 : Encoding.Latin1).GetString(directory, at + EntryLength, nameLength);
        if ((flags & 0x2041) != 0) throw Problem("the entry is encrypted", directoryOffset + at, name);
        if (method is not (0 or 8))
            throw Problem($"the entry is packed by method {method}; only stored and deflated ones are read", directoryOffset + at, name);
        long compressed = U32(directory, at + 20), length = U32(directory, at + 24), header = U32(directory, at + 42);
        ReadExtra64(directory.AsSpan(at + EntryLength + nameLength, extraLength), ref length, ref compressed, ref header, directoryOffset + at, name);
        if (method == 0 ? compressed != length : length / MaxRatio > compressed)
            throw Problem("the entry's packed and unpacked lengths cannot both be true", directoryOffset + at, name);
        var entry = new ZipEntry(name, compressed, length, U32(directory, at + 16), method == 8, header,
            directory[at + 5] == UnixHost && (U32(directory, at + 38) >> 28) == UnixLink);
        at += EntryLength + nameLength + extraLength + commentLength;
        return entry;
    }

    // Extra field 1: those of the three, in this order, whose 32-bit place says 0xFFFFFFFF.
    private void ReadExtra64(ReadOnlySpan<byte> extra, ref long length, ref long compressed, ref long header, long offset, string name)
    {
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra), size = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (size > extra.Length - 4) break;
            ReadOnlySpan<byte> field = extra.Slice(4, size);
            extra = extra[(4 + size)..];
            if (id != 1) continue;
            Take(ref length, ref field);
            Take(ref compressed, ref field);
            Take(ref header, ref field);
            return;
        }

        void Take(ref long value, ref ReadOnlySpan<byte> field)
        {
            if (value != uint.MaxValue) return;
            if (field.Length < 8) throw Problem("the entry's ZIP64 lengths are missing", offset, name);
            value = BinaryPrimitives.ReadInt64LittleEndian(field);
            if (value < 0) throw Problem("the entry's ZIP64 lengths are negative", offset, name);
            field = field[8..];
        }
    }

    // Entries that share bytes are how a small archive unpacks to something huge (Fifield 2019, "A better zip bomb").
    private void CheckLayout(List<ZipEntry> entries, long directoryOffset)
    {
        long end = 0;
        foreach (ZipEntry entry in entries.OrderBy(e => e.HeaderOffset))
        {
            if (entry.HeaderOffset < end) throw Problem("the entry shares bytes with the one before it", entry.HeaderOffset, entry.Name);
            if (entry.HeaderOffset > directoryOffset - LocalLength || entry.CompressedLength > directoryOffset - LocalLength - entry.HeaderOffset)
                throw Problem("the entry lies outside the archive", entry.HeaderOffset, entry.Name);
            end = entry.HeaderOffset + LocalLength + entry.CompressedLength;
        }
    }

    private byte[] ReadAt(long offset, int count, string what)
    {
        if (offset < 0 || offset > Length - count) throw Problem($"{what} lies outside the file", offset);
        byte[] bytes = new byte[count];
        _stream.Position = _start + offset;
        StreamReading.Fill(_stream, bytes, _file, null, offset, what);
        return bytes;
    }

    private ArrayFormatException Problem(string what, long offset, string? entry = null) => new(_file, entry, what, offset);

    private static int U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private long S64(byte[] bytes, int at, long offset)
        => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at)) is >= 0 and var value ? value
            : throw Problem("a ZIP64 number is negative", offset);
}
