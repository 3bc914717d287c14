using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace TrainService.Formats;

/// <summary>Turns stored elements into float32.</summary>
public static class ElementConverter
{
    /// <summary>
    /// Every element of <paramref name="source"/> (little-endian) as float32: 64-bit types are rounded to the nearest, bool becomes 0 or 1.
    /// </summary>
    public static void ToSingles(ArrayType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        int size = type.Size();
        if (source.Length % size != 0 || source.Length / size != destination.Length)
            throw new ArgumentException($"{source.Length} bytes of {type} do not make {destination.Length} numbers.", nameof(source));
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Stored arrays are little-endian; so must this machine be.");
        switch (type)
        {
            case ArrayType.Bool:
                for (int i = 0; i < destination.Length; i++) destination[i] = source[i] != 0 ? 1 : 0;
                break;
            case ArrayType.UInt8:
                for (int i = 0; i < destination.Length; i++) destination[i] = source[i];
                break;
            case ArrayType.Int8:
                for (int i = 0; i < destination.Length; i++) destination[i] = (sbyte)source[i];
                break;
            case ArrayType.UInt16: Convert<ushort>(source, destination); break;
            case ArrayType.Int16: Convert<short>(source, destination); break;
            case ArrayType.UInt32: Convert<uint>(source, destination); break;
            case ArrayType.Int32: Convert<int>(source, destination); break;
            case ArrayType.UInt64: Convert<ulong>(source, destination); break;
            case ArrayType.Int64: Convert<long>(source, destination); break;
            case ArrayType.Float16: Convert<Half>(source, destination); break;
            case ArrayType.BFloat16:
                for (int i = 0; i < destination.Length; i++)
                    destination[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(source[(2 * i)..]) << 16);
                break;
            case ArrayType.Float32: MemoryMarshal.Cast<byte, float>(source).CopyTo(destination); break;
            case ArrayType.Float64: Convert<double>(source, destination); break;
            default: throw new ArgumentOutOfRangeException(nameof(type), type, null);
        }
    }

    private static void Convert<T>(ReadOnlySpan<byte> source, Span<float> destination)
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        ReadOnlySpan<T> values = MemoryMarshal.Cast<byte, T>(source);
        for (int i = 0; i < destination.Length; i++) destination[i] = float.CreateTruncating(values[i]);
    }
}
