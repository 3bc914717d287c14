namespace TrainService.Formats.Tests;

internal static class StreamExtensions
{
    public static MemoryStream Rewound(this MemoryStream stream)
    {
        stream.Position = 0;
        return stream;
    }
}

/// <summary>A stream that does not know its length, as a request's body.</summary>
internal sealed class ForwardStream(byte[] bytes) : ReadOnlyStream
{
    private readonly MemoryStream _inner = new(bytes);

    // Odd portions, as a network gives them.
    public override int Read(Span<byte> buffer) => _inner.Read(buffer[..Math.Min(buffer.Length, 1021)]);
}
