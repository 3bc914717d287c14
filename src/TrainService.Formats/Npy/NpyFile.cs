namespace TrainService.Formats.Npy;

/// <summary>One array as an NPY file.</summary>
public static class NpyFile
{
    /// <summary>Reads a whole file. Throws <see cref="ArrayFormatException"/>.</summary>
    public static NamedArray Read(Stream stream, string name, FormatLimits? limits = null, string? file = null)
    {
        file ??= name;
        NpyHeader header = NpyHeader.Read(stream, limits ?? FormatLimits.Default, file);
        NamedArray array = ReadElements(stream, header, name, file, null);
        StreamReading.ExpectEnd(stream, file, null, header.DataOffset + header.ByteCount);
        return array;
    }

    /// <summary>Writes it; <paramref name="fortranOrder"/> turns the elements so that the first axis runs fastest.</summary>
    public static void Write(Stream stream, NamedArray array, bool fortranOrder = false)
    {
        NpyHeader.Write(stream, array.Type, array.Shape, fortranOrder);
        if (fortranOrder) stream.Write(AxisOrder.ToFortran(array.Bytes, array.Shape, array.Type.Size()));
        else stream.Write(array.Bytes);
    }

    internal static NamedArray ReadElements(Stream stream, NpyHeader header, string name, string file, string? array)
    {
        byte[] bytes = StreamReading.ReadBytes(stream, header.ByteCount, file, array, header.DataOffset);
        if (header.FortranOrder) bytes = AxisOrder.ToC(bytes, header.Shape, header.Type.Size());
        return new NamedArray(name, header.Type, header.Shape, bytes);
    }
}
