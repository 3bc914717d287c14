namespace TrainService.Formats.Npy;

/// <summary>NumPy's type strings.</summary>
internal static class NpyTypes
{
    private static readonly Dictionary<string, ArrayType> ByCode = new(StringComparer.Ordinal)
    {
        ["b1"] = ArrayType.Bool, ["u1"] = ArrayType.UInt8, ["i1"] = ArrayType.Int8, ["u2"] = ArrayType.UInt16, ["i2"] = ArrayType.Int16,
        ["u4"] = ArrayType.UInt32, ["i4"] = ArrayType.Int32, ["u8"] = ArrayType.UInt64, ["i8"] = ArrayType.Int64,
        ["f2"] = ArrayType.Float16, ["f4"] = ArrayType.Float32, ["f8"] = ArrayType.Float64,
    };

    private static readonly Dictionary<ArrayType, string> ByType = ByCode.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>NumPy has no bfloat16: asking for it is the caller's mistake.</summary>
    public static string Descr(ArrayType type) => ByType.TryGetValue(type, out string? code)
        ? (type.Size() == 1 ? "|" : "<") + code
        : throw new ArgumentException($"NPY has no element type {type}.", nameof(type));

    /// <summary>The type, or null and why not.</summary>
    public static ArrayType? Find(string descr, out string? problem)
    {
        problem = null;
        string code = descr.Length > 0 && descr[0] is '<' or '|' or '=' or '>' ? descr[1..] : descr;
        if (ByCode.TryGetValue(code, out ArrayType type) && (descr[0] != '>' || type.Size() == 1)) return type;
        string shown = ArrayFormatException.Printable(descr);
        problem = code.StartsWith('O')
            ? $"element type '{shown}' is Python objects, which only unpickling could read, and unpickling runs code: it is never done"
            : ByCode.ContainsKey(code) ? $"element type '{shown}' is big-endian; save it little-endian: a.astype(a.dtype.newbyteorder('<'))"
            : $"element type '{shown}' is not among bool, u1 to u8, i1 to i8, f2, f4 and f8";
        return null;
    }
}
