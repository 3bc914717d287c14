using System.Buffers.Binary;

namespace TrainService.Formats.Safetensors;

/// <summary>
/// The header of a safetensors file: eight bytes of length, then JSON that names every tensor's type, shape and place. Checked as the format demands:
/// every key once, sizes that agree with shapes, and tensors that fill the rest of the file without gap or overlap.
/// Source: the safetensors project's format description.
/// </summary>
/// <param name="Metadata">What stood under <c>__metadata__</c>.</param>
/// <param name="Tensors">In the order of their bytes.</param>
/// <param name="DataOffset">Bytes before the first tensor's.</param>
public sealed record SafetensorsHeader(IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SafetensorsEntry> Tensors, long DataOffset)
{
    /// <summary>Bytes of all tensors.</summary>
    public long ByteCount => Tensors.Count == 0 ? 0 : Tensors[^1].End;

    /// <summary>Reads it; the stream then stands at the first tensor's bytes.</summary>
    public static SafetensorsHeader Read(Stream stream, FormatLimits? limits = null, string file = "weights.safetensors")
    {
        limits ??= FormatLimits.Default;
        long? total = stream.CanSeek ? stream.Length - stream.Position : null;
        Span<byte> prefix = stackalloc byte[8];
        StreamReading.Fill(stream, prefix, file, null, 0, "the header's length");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > (ulong)limits.MaxHeaderBytes)
            throw new ArrayFormatException(file, null,
                $"the header is {length:N0} bytes long, more than the limit of {limits.MaxHeaderBytes:N0}; is this a safetensors file?", 0);
        byte[] json = StreamReading.ReadBytes(stream, (long)length, file, null, 8);
        if (json.Length == 0 || json[0] != (byte)'{')
            throw new ArrayFormatException(file, null, "the header does not start with '{': this is no safetensors file", 8);
        (Dictionary<string, string> metadata, List<SafetensorsEntry> tensors) = SafetensorsHeaderParser.Parse(json, limits, file);
        tensors.Sort((a, b) => (a.Begin, a.End, a.Name).CompareTo((b.Begin, b.End, b.Name)));
        var header = new SafetensorsHeader(metadata, tensors, 8 + json.Length);
        header.CheckLayout(total, limits, file);
        return header;
    }

    private void CheckLayout(long? total, FormatLimits limits, string file)
    {
        long end = 0;
        foreach (SafetensorsEntry tensor in Tensors)
        {
            if (tensor.Begin != end)
                throw new ArrayFormatException(file, tensor.Name,
                    $"starts at {tensor.Begin:N0}, where the tensors before it end at {end:N0}: {(tensor.Begin > end ? "a gap" : "an overlap")}",
                    DataOffset);
            long bytes = ArrayShape.Bytes(tensor.Shape, tensor.Type, limits, file, tensor.Name, DataOffset);
            if (bytes != tensor.ByteCount)
                throw new ArrayFormatException(file, tensor.Name, $"its shape and type take {bytes:N0} bytes, its place has {tensor.ByteCount:N0}",
                    DataOffset);
            end = tensor.End;
        }
        if (end > limits.MaxBytes)
            throw new ArrayFormatException(file, null, $"the tensors take {end:N0} bytes, more than the limit of {limits.MaxBytes:N0}", DataOffset);
        if (total is { } there && there - DataOffset != end)
            throw new ArrayFormatException(file, null, $"the tensors take {end:N0} bytes, {there - DataOffset:N0} follow the header", DataOffset);
    }
}
