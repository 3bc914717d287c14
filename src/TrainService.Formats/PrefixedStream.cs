namespace TrainService.Formats;

/// <summary>A stream with bytes put back before it, for a look at how it starts. Stays forward-only; the inner stream stays the caller's.</summary>
public sealed class PrefixedStream : ReadOnlyStream
{
    private readonly byte[] _prefix;
    private readonly Stream _inner;
    private int _at;

    public PrefixedStream(ReadOnlySpan<byte> prefix, Stream inner) => (_prefix, _inner) = (prefix.ToArray(), inner);

    public override int Read(Span<byte> buffer)
    {
        if (_at == _prefix.Length) return _inner.Read(buffer);
        int got = Math.Min(buffer.Length, _prefix.Length - _at);
        _prefix.AsSpan(_at, got).CopyTo(buffer);
        _at += got;
        return got;
    }
}
