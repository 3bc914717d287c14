namespace TrainService.Formats;

/// <summary>What one element of a stored array is. All are little-endian.</summary>
public enum ArrayType
{
    Bool,
    UInt8,
    Int8,
    UInt16,
    Int16,
    UInt32,
    Int32,
    UInt64,
    Int64,

    /// <summary>IEEE 754 binary16.</summary>
    Float16,

    /// <summary>The upper half of a float32.</summary>
    BFloat16,
    Float32,
    Float64,
}

public static class ArrayTypeExtensions
{
    /// <summary>Bytes of one element: 1, 2, 4 or 8.</summary>
    public static int Size(this ArrayType type) => type switch
    {
        ArrayType.Bool or ArrayType.UInt8 or ArrayType.Int8 => 1,
        ArrayType.UInt16 or ArrayType.Int16 or ArrayType.Float16 or ArrayType.BFloat16 => 2,
        ArrayType.UInt32 or ArrayType.Int32 or ArrayType.Float32 => 4,
        ArrayType.UInt64 or ArrayType.Int64 or ArrayType.Float64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>True for the types that hold whole numbers, bool not among them.</summary>
    public static bool IsInteger(this ArrayType type) => type is >= ArrayType.UInt8 and <= ArrayType.Int64;

    public static bool IsFloat(this ArrayType type) => type >= ArrayType.Float16;
}
