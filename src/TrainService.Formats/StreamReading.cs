namespace TrainService.Formats;

/// <summary>Reading exactly so much, from streams that may end early.</summary>
internal static class StreamReading
{
    private const int FirstBlock = 1 << 20;

    /// <summary>Fills <paramref name="destination"/>; an early end is an error.</summary>
    public static void Fill(Stream stream, Span<byte> destination, string file, string? array, long? offset, string what)
    {
        int got = stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
        if (got < destination.Length)
            throw new ArrayFormatException(file, array, $"the file ends within {what}: {destination.Length:N0} bytes are needed, {got:N0} are there",
                offset);
    }

    /// <summary>
    /// <paramref name="count"/> bytes as a new array. When the stream does not know its length the array grows with what arrives, so that a
    /// header's claim alone never costs memory.
    /// </summary>
    public static byte[] ReadBytes(Stream stream, long count, string file, string? array, long? offset)
    {
        if (count > System.Array.MaxLength)
            throw new ArrayFormatException(file, array, $"{count:N0} bytes are more than one array can hold ({System.Array.MaxLength:N0})", offset);
        if (stream.CanSeek && stream.Length - stream.Position < count)
            throw new ArrayFormatException(file, array,
                $"the file ends within the elements: {count:N0} bytes are needed, {Math.Max(0, stream.Length - stream.Position):N0} are there",
                offset);
        byte[] bytes = new byte[stream.CanSeek ? (int)count : (int)Math.Min(count, FirstBlock)];
        int filled = 0;
        while (true)
        {
            Fill(stream, bytes.AsSpan(filled), file, array, offset + filled, "the elements");
            if (bytes.Length == count) return bytes;
            filled = bytes.Length;
            System.Array.Resize(ref bytes, (int)Math.Min(count, Math.Min(System.Array.MaxLength, bytes.Length * 2L)));
        }
    }

    /// <summary>Throws when the stream has another byte.</summary>
    public static void ExpectEnd(Stream stream, string file, string? array, long? offset)
    {
        if (stream.ReadByte() >= 0) throw new ArrayFormatException(file, array, "there are bytes after the last element", offset);
    }
}
