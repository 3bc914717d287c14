namespace TrainService.Formats.Safetensors;

/// <summary>The format's names of element types.</summary>
internal static class SafetensorsTypes
{
    private static readonly Dictionary<string, ArrayType> ByName = new(StringComparer.Ordinal)
    {
        ["BOOL"] = ArrayType.Bool, ["U8"] = ArrayType.UInt8, ["I8"] = ArrayType.Int8, ["U16"] = ArrayType.UInt16, ["I16"] = ArrayType.Int16,
        ["U32"] = ArrayType.UInt32, ["I32"] = ArrayType.Int32, ["U64"] = ArrayType.UInt64, ["I64"] = ArrayType.Int64,
        ["F16"] = ArrayType.Float16, ["BF16"] = ArrayType.BFloat16, ["F32"] = ArrayType.Float32, ["F64"] = ArrayType.Float64,
    };

    private static readonly Dictionary<ArrayType, string> ByType = ByName.ToDictionary(pair => pair.Value, pair => pair.Key);

    public static IEnumerable<string> Names => ByName.Keys;

    public static string Name(ArrayType type) => ByType[type];

    public static ArrayType? Find(string name) => ByName.TryGetValue(name, out ArrayType type) ? type : null;
}
