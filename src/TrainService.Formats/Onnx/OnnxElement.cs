namespace TrainService.Formats.Onnx;

/// <summary>ONNX's numbers of element types. Source: onnx.proto, TensorProto.DataType.</summary>
public enum OnnxElement
{
    Undefined = 0,
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    UInt16 = 4,
    Int16 = 5,
    Int32 = 6,
    Int64 = 7,
    String = 8,
    Bool = 9,
    Float16 = 10,
    Double = 11,
    UInt32 = 12,
    UInt64 = 13,
    BFloat16 = 16,
}

public static class OnnxElements
{
    /// <summary>The same as an array's type; null for what arrays of numbers don't have.</summary>
    public static ArrayType? ToArrayType(this OnnxElement element) => element switch
    {
        OnnxElement.Float => ArrayType.Float32,
        OnnxElement.UInt8 => ArrayType.UInt8,
        OnnxElement.Int8 => ArrayType.Int8,
        OnnxElement.UInt16 => ArrayType.UInt16,
        OnnxElement.Int16 => ArrayType.Int16,
        OnnxElement.Int32 => ArrayType.Int32,
        OnnxElement.Int64 => ArrayType.Int64,
        OnnxElement.Bool => ArrayType.Bool,
        OnnxElement.Float16 => ArrayType.Float16,
        OnnxElement.Double => ArrayType.Float64,
        OnnxElement.UInt32 => ArrayType.UInt32,
        OnnxElement.UInt64 => ArrayType.UInt64,
        OnnxElement.BFloat16 => ArrayType.BFloat16,
        _ => null,
    };

    public static OnnxElement ToOnnx(this ArrayType type) => type switch
    {
        ArrayType.Float32 => OnnxElement.Float,
        ArrayType.Float16 => OnnxElement.Float16,
        ArrayType.Float64 => OnnxElement.Double,
        ArrayType.Int8 => OnnxElement.Int8,
        ArrayType.UInt8 => OnnxElement.UInt8,
        ArrayType.Int32 => OnnxElement.Int32,
        ArrayType.Int64 => OnnxElement.Int64,
        ArrayType.Bool => OnnxElement.Bool,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not written to ONNX files."),
    };
}
