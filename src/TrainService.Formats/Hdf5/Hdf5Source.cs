namespace TrainService.Formats.Hdf5;

/// <summary>
/// The bytes of an HDF5 file, and what reading them may cost. A file's own offsets decide what is read next, so the same bytes could be asked for
/// again and again: all that is read as structure, all that is read as data and all that is unpacked are counted, each against what an honest file needs.
/// </summary>
internal sealed class Hdf5Source
{
    /// <summary>What stands for "nowhere".</summary>
    public const long Undefined = -1;

    private readonly Stream _stream;
    private readonly long _start;
    private long _structure, _stored, _unpacked;

    public Hdf5Source(Stream stream, FormatLimits limits, string file)
    {
        if (!stream.CanSeek) throw new ArgumentException("An HDF5 file is read here and there: the stream must be seekable.", nameof(stream));
        (_stream, _start, Limits, File) = (stream, stream.Position, limits, file);
        Length = stream.Length - _start;
        // An honest file's structure is read about once, its heaps twice.
        StructureLimit = (4 * Math.Min(Length, limits.MaxHeaderBytes)) + (1 << 20);
    }

    public FormatLimits Limits { get; }

    public string File { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    private long StructureLimit { get; }

    /// <summary>Bytes of the file's structure.</summary>
    public Hdf5Cursor Read(long address, long count, string what)
    {
        Check(address, count, what);
        _structure += count;
        if (_structure > StructureLimit)
            throw Problem($"{what} is read after {StructureLimit:N0} bytes of structure: the file's blocks lie over each other, or are too many", address);
        byte[] bytes = new byte[count];
        Fill(address, bytes, what);
        return new Hdf5Cursor(this, bytes, address, what);
    }

    /// <summary>Bytes of a dataset, as they are stored; counted once for each.</summary>
    public void ReadData(long address, Span<byte> destination, string what)
    {
        Check(address, destination.Length, what);
        _stored += destination.Length;
        if (_stored > Length) throw Problem("the datasets take more bytes than the file has: they share bytes", address);
        Fill(address, destination, what);
    }

    /// <summary>Counts what a dataset takes in memory.</summary>
    public void CountUnpacked(long bytes, long address)
    {
        _unpacked += bytes;
        if (_unpacked > Limits.MaxBytes) throw Problem($"the datasets take more than the limit of {Limits.MaxBytes:N0} bytes together", address);
    }

    /// <summary>Throws when these bytes are not in the file.</summary>
    public void Check(long address, long count, string what)
    {
        if (address < 0 || count < 0 || count > Length - address)
            throw Problem(address == Undefined ? $"{what} is nowhere" : $"{what} lies outside the file", address);
    }

    public ArrayFormatException Problem(string problem, long? address, string? place = null) => new(File, place, problem, address is < 0 ? null : address);

    private void Fill(long address, Span<byte> destination, string what)
    {
        _stream.Position = _start + address;
        StreamReading.Fill(_stream, destination, File, null, address, what);
    }
}
