namespace TrainService.Formats.Zip;

/// <summary>A part of a seekable stream, read forward. Sets the position before each read, so that several may take turns.</summary>
internal sealed class WindowStream(Stream inner, long start, long length) : ReadOnlyStream
{
    private long _read;

    public override int Read(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(buffer.Length, length - _read);
        if (wanted <= 0) return 0;
        inner.Position = start + _read;
        int got = inner.Read(buffer[..wanted]);
        _read += got;
        return got;
    }
}
