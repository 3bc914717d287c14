using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TrainService.Formats.Safetensors;

/// <summary>Reading and writing whole safetensors files. Nothing in one can be executed.</summary>
public static class SafetensorsFile
{
    private const string MetadataKey = "__metadata__";

    /// <summary>
    /// Writes tensors and metadata. The elements go from the arrays' own memory to the stream. Larger element types come first, so that every
    /// tensor starts at a multiple of its element's size (the header is padded with spaces to a multiple of 8); otherwise the order is kept.
    /// The same input gives the same bytes.
    /// </summary>
    public static void Write(Stream stream, IReadOnlyCollection<NamedArray> arrays, IReadOnlyDictionary<string, string>? metadata = null)
    {
        NamedArray[] ordered = [.. arrays.OrderByDescending(a => a.Type.Size())];
        byte[] header = MakeHeader(ordered, metadata);
        stream.Write(header);
        foreach (NamedArray array in ordered) stream.Write(array.Bytes);
    }

    /// <summary>All tensors in the order of their bytes, and the metadata. Throws <see cref="ArrayFormatException"/>.</summary>
    public static (IReadOnlyList<NamedArray> Arrays, IReadOnlyDictionary<string, string> Metadata) Read(
        Stream stream, FormatLimits? limits = null, string file = "weights.safetensors")
    {
        SafetensorsHeader header = SafetensorsHeader.Read(stream, limits, file);
        List<NamedArray> arrays = new(header.Tensors.Count);
        foreach (SafetensorsEntry tensor in header.Tensors)
            arrays.Add(new(tensor.Name, tensor.Type, tensor.Shape,
                StreamReading.ReadBytes(stream, tensor.ByteCount, file, tensor.Name, header.DataOffset + tensor.Begin)));
        StreamReading.ExpectEnd(stream, file, null, header.DataOffset + header.ByteCount);
        return (arrays, header.Metadata);
    }

    /// <summary>
    /// Reads the tensors straight into memory that <paramref name="place"/> gives for each, as float32; an empty span passes the tensor over.
    /// The stream need not be seekable: tensors come in the order of their bytes, each in blocks.
    /// </summary>
    /// <param name="place">The span must hold as many numbers as the tensor has elements.</param>
    public static SafetensorsHeader ReadInto(Stream stream, SinglesPlace place, FormatLimits? limits = null, string file = "weights.safetensors")
    {
        SafetensorsHeader header = SafetensorsHeader.Read(stream, limits, file);
        byte[] block = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            foreach (SafetensorsEntry tensor in header.Tensors)
                ReadTensor(stream, tensor, place(tensor), block.AsSpan(0, 1 << 16), file, header.DataOffset);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
        StreamReading.ExpectEnd(stream, file, null, header.DataOffset + header.ByteCount);
        return header;
    }

    private static void ReadTensor(Stream stream, SafetensorsEntry tensor, Span<float> target, Span<byte> block, string file, long dataOffset)
    {
        if (!target.IsEmpty && target.Length != tensor.Count)
            throw new ArgumentException($"The place for '{tensor.Name}' holds {target.Length} numbers, not {tensor.Count}.");
        int size = tensor.Type.Size();
        for (long done = 0; done < tensor.ByteCount;)
        {
            Span<byte> part = block[..(int)Math.Min(block.Length, tensor.ByteCount - done)];
            StreamReading.Fill(stream, part, file, tensor.Name, dataOffset + tensor.Begin + done, "the elements");
            if (!target.IsEmpty) ElementConverter.ToSingles(tensor.Type, part, target.Slice((int)(done / size), part.Length / size));
            done += part.Length;
        }
    }

    private static byte[] MakeHeader(NamedArray[] arrays, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.GetSpan(8);
        buffer.Advance(8);
        // The relaxed encoder only leaves characters readable that HTML would escape: this JSON is never put into a page.
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 }) WriteMetadata(json, metadata);
            WriteTensors(json, arrays);
            json.WriteEndObject();
        }
        int length = buffer.WrittenCount, padding = -length & 7;
        byte[] header = new byte[length + padding];
        buffer.WrittenSpan.CopyTo(header);
        header.AsSpan(length).Fill((byte)' ');
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)(header.Length - 8));
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(MetadataKey);
        foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteTensors(Utf8JsonWriter json, NamedArray[] arrays)
    {
        HashSet<string> names = new(StringComparer.Ordinal) { MetadataKey };
        long at = 0;
        foreach (NamedArray array in arrays)
        {
            if (!names.Add(array.Name)) throw new ArgumentException($"The name '{array.Name}' is taken twice.", nameof(arrays));
            json.WriteStartObject(array.Name);
            json.WriteString("dtype", SafetensorsTypes.Name(array.Type));
            json.WriteStartArray("shape");
            foreach (long axis in array.Shape) json.WriteNumberValue(axis);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(at);
            json.WriteNumberValue(at += array.Count * array.Type.Size());
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}

/// <summary>Memory for a tensor's elements, or an empty span to pass it over.</summary>
public delegate Span<float> SinglesPlace(SafetensorsEntry tensor);
