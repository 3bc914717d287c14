using TrainService.Formats.Zip;

namespace TrainService.Formats.Npy;

/// <summary>
/// A ZIP of NPY files. Arrays can be streamed one at a time (<see cref="Open"/>), for those that should never stand in memory as a whole, or read.
/// </summary>
public sealed class NpzReader
{
    private readonly ZipArchiveReader _archive;
    private readonly Dictionary<string, ZipEntry> _entries = new(StringComparer.Ordinal);
    private readonly FormatLimits _limits;
    private readonly string _file;

    private NpzReader(Stream stream, FormatLimits limits, string file)
    {
        (_limits, _file) = (limits, file);
        _archive = ZipArchiveReader.Open(stream, limits, file);
        foreach (ZipEntry entry in _archive.Entries)
            if (entry.Name.EndsWith(".npy", StringComparison.Ordinal))
                _entries.Add(entry.Name[..^4], entry);
        if (_entries.Count == 0) throw new ArrayFormatException(file, null, "the archive holds no array (no entry ends in .npy)");
    }

    /// <summary>Names of the arrays, without <c>.npy</c>, in the archive's order.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <param name="stream">Seekable. Stays the caller's.</param>
    public static NpzReader Open(Stream stream, FormatLimits? limits = null, string file = "archive.npz")
        => new(stream, limits ?? FormatLimits.Default, file);

    /// <summary>
    /// The header of an array, and its elements as a stream in the header's order: exactly <see cref="NpyHeader.ByteCount"/> bytes, checked sum
    /// included once the stream has been read to its end. One array at a time.
    /// </summary>
    public (NpyHeader Header, Stream Elements) OpenArray(string name)
    {
        ZipEntry entry = _entries[name];
        Stream stream = _archive.OpenEntry(entry);
        try
        {
            NpyHeader header = NpyHeader.Read(stream, _limits, _file, name);
            if (header.ByteCount != entry.Length - header.DataOffset)
                throw new ArrayFormatException(_file, name,
                    $"the header announces {header.ByteCount:N0} bytes of elements, the entry has {entry.Length - header.DataOffset:N0}",
                        header.DataOffset);
            return (header, stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>One array, in memory.</summary>
    public NamedArray Read(string name)
    {
        (NpyHeader header, Stream elements) = OpenArray(name);
        using (elements)
        {
            byte[] bytes = new byte[Checked(header, name)];
            StreamReading.Fill(elements, bytes, _file, name, header.DataOffset, "the elements");
            StreamReading.ExpectEnd(elements, _file, name, header.DataOffset + header.ByteCount);
            if (header.FortranOrder) bytes = AxisOrder.ToC(bytes, header.Shape, header.Type.Size());
            return new NamedArray(name, header.Type, header.Shape, bytes);
        }
    }

    /// <summary>All arrays, in memory; together within the limit.</summary>
    public IReadOnlyList<NamedArray> ReadAll()
    {
        // An entry's unpacked length is bounded by what its packed bytes could hold, so this sum is no mere claim.
        if (_entries.Values.Sum(e => e.Length) > _limits.MaxBytes)
            throw new ArrayFormatException(_file, null, $"the arrays take more than the limit of {_limits.MaxBytes:N0} bytes together");
        return [.. _entries.Keys.Select(Read)];
    }

    private int Checked(NpyHeader header, string name) => header.ByteCount <= Array.MaxLength
        ? (int)header.ByteCount
        : throw new ArrayFormatException(_file, name, $"{header.ByteCount:N0} bytes are more than one array can hold ({Array.MaxLength:N0})",
            header.DataOffset);
}
