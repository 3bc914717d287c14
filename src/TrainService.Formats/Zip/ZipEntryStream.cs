namespace TrainService.Formats.Zip;

/// <summary>An entry's unpacked bytes: exactly as many as announced, their check sum compared when the last has been read.</summary>
internal sealed class ZipEntryStream(Stream unpacked, ZipEntry entry, string file) : ReadOnlyStream
{
    private Crc32 _crc;
    private long _read;
    private bool _ended;

    public override int Read(Span<byte> buffer)
    {
        if (_ended || buffer.IsEmpty) return 0;
        int got;
        try
        {
            got = unpacked.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new ArrayFormatException(file, entry.Name, "the packed bytes are damaged", _read, e);
        }
        _read += got;
        if (_read > entry.Length)
            throw new ArrayFormatException(file, entry.Name, $"the entry unpacks to more than the {entry.Length:N0} bytes announced", entry.Length);
        _crc.Append(buffer[..got]);
        if (got > 0) return got;
        _ended = true;
        if (_read < entry.Length)
            throw new ArrayFormatException(file, entry.Name, $"the entry unpacks to {_read:N0} bytes instead of {entry.Length:N0}", _read);
        if (_crc.Value != entry.Crc32) throw new ArrayFormatException(file, entry.Name, "the check sum is wrong: the entry is damaged", _read);
        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) unpacked.Dispose();
        base.Dispose(disposing);
    }
}
