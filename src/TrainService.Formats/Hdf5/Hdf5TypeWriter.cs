namespace TrainService.Formats.Hdf5;

/// <summary>Type messages as h5py writes them. Source: HDF5 File Format Specification 3.0, IV.A.2.d.</summary>
internal static class Hdf5TypeWriter
{
    public static byte[] Write(ArrayType type) => type switch
    {
        ArrayType.Bool => Truth(),
        // NumPy has no bfloat16 of its own: h5py stores it as opaque bytes.
        ArrayType.BFloat16 => Begin(1, 5, 0, 2).ToArray(),
        ArrayType.Float16 => Float(2, 10, 5, 15),
        ArrayType.Float32 => Float(4, 23, 8, 127),
        ArrayType.Float64 => Float(8, 52, 11, 1023),
        _ => Integer(type.Size(), type is ArrayType.Int8 or ArrayType.Int16 or ArrayType.Int32 or ArrayType.Int64),
    };

    // Padded with zeros; ASCII as NumPy's byte strings are, UTF-8 when it must be.
    public static byte[] FixedText(int width, bool ascii) => Begin(1, 3, ascii ? 1 : 0x11, width).ToArray();

    // Text of any length, ending in zero, UTF-8; made of single bytes.
    public static byte[] TextOfAnyLength() => Begin(1, 9, 0x101, 16).Raw(Begin(1, 3, 0x10, 1).ToArray()).ToArray();

    private static BlockWriter Begin(int version, int kind, int bits, int size) => new BlockWriter().U8((version << 4) | kind).U8(bits).U16(bits >> 8).U32(size);

    private static byte[] Integer(int size, bool signed) => Begin(1, 0, signed ? 8 : 0, size).U16(0).U16(8 * size).ToArray();

    // Bit 5: the leading one of the mantissa is implied; the sign's place above it.
    private static byte[] Float(int size, int mantissa, int exponent, int bias) => Begin(1, 1, 0x20 | (((8 * size) - 1) << 8), size)
        .U16(0).U16(8 * size).U8(mantissa).U8(exponent).U8(0).U8(mantissa).U32(bias).ToArray();

    // h5py's truth values: an enumeration over int8.
    private static byte[] Truth() => Begin(1, 8, 2, 1).Raw(Integer(1, signed: true)).Raw("FALSE\0\0\0TRUE\0\0\0\0"u8).U8(0).U8(1).ToArray();
}
