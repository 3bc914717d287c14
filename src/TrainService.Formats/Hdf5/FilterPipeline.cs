using System.IO.Compression;

namespace TrainService.Formats.Hdf5;

/// <summary>What was done to the chunks of a dataset, in order: shuffle and deflate are undone. Source: HDF5 File Format Specification 3.0, IV.A.2.l.</summary>
internal sealed class FilterPipeline
{
    private const int Deflate = 1, Shuffle = 2, MostFilters = 32;

    // A deflated pair of bits stands for at most 258 bytes.
    private const long MostDeflated = 1032;

    private readonly List<(int Id, int ElementSize)> _filters = [];

    public static FilterPipeline None { get; } = new();

    public bool IsEmpty => _filters.Count == 0;

    /// <summary>Bytes that so many packed ones can become at most.</summary>
    public long Most(long packed) => _filters.Any(f => f.Id == Deflate) ? Math.Min(packed, long.MaxValue / MostDeflated) * MostDeflated : packed;

    public static FilterPipeline Read(Hdf5Cursor message)
    {
        int version = message.U8(), count = message.U8();
        if (version is not (1 or 2)) throw message.Problem($"version {version} is not known");
        if (count > MostFilters) throw message.Problem($"{count} filters are more than {MostFilters}");
        message.Skip(version == 1 ? 6 : 0);
        var pipeline = new FilterPipeline();
        for (int i = 0; i < count; i++)
        {
            int id = message.U16(), nameLength = version == 1 || id >= 256 ? message.U16() : 0;
            message.Skip(2);
            int values = message.U16();
            string name = System.Text.Encoding.UTF8.GetString(message.Take(nameLength)).TrimEnd('\0');
            message.Skip(version == 1 ? -nameLength & 7 : 0);
            int first = values > 0 ? (int)Math.Min(message.U32(), 1 << 20) : 0;
            message.Skip((4L * Math.Max(0, values - 1)) + (version == 1 && values % 2 == 1 ? 4 : 0));
            if (id is not (Deflate or Shuffle))
                throw message.Problem($"filter {id}{(name.Length > 0 ? $" ({ArrayFormatException.Printable(name)})" : "")} is not undone here; only shuffle and deflate are");
            pipeline._filters.Add((id, first));
        }
        return pipeline;
    }

    /// <summary>A chunk as it was before.</summary>
    /// <param name="mask">Bits of the filters that were passed over.</param>
    public byte[] Undo(byte[] chunk, uint mask, int length, Func<string, ArrayFormatException> problem)
    {
        for (int i = _filters.Count - 1; i >= 0; i--)
        {
            if ((mask & (1u << i)) != 0) continue;
            chunk = _filters[i].Id == Deflate ? Inflate(chunk, length, problem) : Unshuffle(chunk, _filters[i].ElementSize);
        }
        return chunk.Length == length ? chunk : throw problem($"a chunk unpacks to {chunk.Length:N0} bytes instead of {length:N0}");
    }

    private static byte[] Inflate(byte[] packed, int length, Func<string, ArrayFormatException> problem)
    {
        if (length / MostDeflated > packed.Length) throw problem($"{packed.Length:N0} packed bytes can't hold a chunk of {length:N0}");
        byte[] unpacked = new byte[length];
        try
        {
            using var stream = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
            int got = stream.ReadAtLeast(unpacked, length, throwOnEndOfStream: false);
            if (got < length || stream.ReadByte() >= 0) throw problem($"a chunk does not unpack to {length:N0} bytes");
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            // IOException: zlib itself gives up, for instance at a dictionary that nobody has. The stream is memory.
            throw problem("the packed bytes of a chunk are damaged");
        }
        return unpacked;
    }

    // Shuffled: the first bytes of all elements, then their second ones …; what is left over stays as it is.
    private static byte[] Unshuffle(byte[] shuffled, int elementSize)
    {
        if (elementSize <= 1) return shuffled;
        int count = shuffled.Length / elementSize;
        byte[] plain = new byte[shuffled.Length];
        for (int b = 0; b < elementSize; b++)
            for (int i = 0; i < count; i++)
                plain[(i * elementSize) + b] = shuffled[(b * count) + i];
        shuffled.AsSpan(count * elementSize).CopyTo(plain.AsSpan(count * elementSize));
        return plain;
    }
}
