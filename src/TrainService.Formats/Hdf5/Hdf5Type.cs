namespace TrainService.Formats.Hdf5;

/// <summary>What one element is. Source: HDF5 File Format Specification 3.0, IV.A.2.d.</summary>
/// <param name="Size">Bytes of an element, as stored.</param>
/// <param name="Numbers">When it is a number.</param>
/// <param name="Text">When it is a text: padded to <paramref name="Size"/>, or a reference into the global heap.</param>
/// <param name="Name">For messages.</param>
internal sealed record Hdf5Type(int Size, ArrayType? Numbers, Hdf5Text Text, string Name)
{
    private static readonly string[] ClassNames =
        ["integer", "float", "time", "text", "bit field", "opaque", "compound", "reference", "enumeration", "list of any length", "array"];

    public static Hdf5Type Read(Hdf5Cursor message)
    {
        int first = message.U8(), kind = first & 15, version = first >> 4;
        int bits = message.U8() | (message.U16() << 8);
        long size = message.U32();
        if (version is < 1 or > 4) throw message.Problem($"version {version} of a type is not known");
        if (size is < 1 or > 1 << 20) throw message.Problem($"an element of {size:N0} bytes is not read");
        string name = kind < ClassNames.Length ? ClassNames[kind] : $"type {kind}";
        return kind switch
        {
            0 => new((int)size, Integer(message, bits, size), Hdf5Text.None, name),
            1 => new((int)size, Float(message, bits, size), Hdf5Text.None, name),
            3 => new((int)size, null, Hdf5Text.Fixed, name),
            // Two opaque bytes are how bfloat16 is stored; an attribute of the dataset says so.
            5 => new((int)size, null, Hdf5Text.None, name),
            // Truth values are an enumeration over whole numbers, whose type comes first.
            8 => new((int)size, Base(message) is { } number && number.Size() == size ? number : null, Hdf5Text.None, name),
            9 when (bits & 15) == 1 && size == 16 => new((int)size, null, Hdf5Text.OnHeap, "text of any length"),
            _ => new((int)size, null, Hdf5Text.None, name),
        };
    }

    private static ArrayType? Base(Hdf5Cursor message)
    {
        int first = message.U8();
        int bits = message.U8() | (message.U16() << 8);
        return (first & 15) == 0 ? Integer(message, bits, message.U32()) : null;
    }

    private static ArrayType? Integer(Hdf5Cursor message, int bits, long size)
    {
        int shift = message.U16(), precision = message.U16();
        if ((bits & 1) != 0 || shift != 0 || precision != 8 * size) return null;
        bool signed = (bits & 8) != 0;
        return size switch
        {
            1 => signed ? ArrayType.Int8 : ArrayType.UInt8,
            2 => signed ? ArrayType.Int16 : ArrayType.UInt16,
            4 => signed ? ArrayType.Int32 : ArrayType.UInt32,
            8 => signed ? ArrayType.Int64 : ArrayType.UInt64,
            _ => null,
        };
    }

    // Told apart by exponent and mantissa, as they are IEEE's: sign on top, exponent below it, implied leading one.
    private static ArrayType? Float(Hdf5Cursor message, int bits, long size)
    {
        int shift = message.U16(), precision = message.U16();
        (int exponentAt, int exponent, int mantissaAt, int mantissa) = (message.U8(), message.U8(), message.U8(), message.U8());
        if ((bits & 0x41) != 0 || shift != 0 || precision != 8 * size || mantissaAt != 0 || exponentAt != mantissa) return null;
        return (size, exponent, mantissa) switch
        {
            (2, 5, 10) => ArrayType.Float16,
            (2, 8, 7) => ArrayType.BFloat16,
            (4, 8, 23) => ArrayType.Float32,
            (8, 11, 52) => ArrayType.Float64,
            _ => null,
        };
    }
}

internal enum Hdf5Text
{
    /// <summary>Not a text.</summary>
    None,

    /// <summary>In place, padded.</summary>
    Fixed,

    /// <summary>Length, address of a heap, number within it.</summary>
    OnHeap,
}
