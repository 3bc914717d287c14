using TrainService.Formats;

namespace TrainService.Training.Reuse.Import.Onnx;

/// <summary>Numbers of a file that are known without anything coming in: floats, or whole numbers. Read when they are first needed.</summary>
internal sealed class OnnxConstant
{
    private readonly Lazy<Array> _data;

    private OnnxConstant(string from, IReadOnlyList<long> shape, bool whole, Func<Array> data)
        => (From, Shape, IsWhole, _data, Count) = (from, shape, whole, new Lazy<Array>(data, isThreadSafe: false), shape.Aggregate(1L, (a, b) => checked(a * b)));

    /// <summary>What the file calls it.</summary>
    public string From { get; }

    public IReadOnlyList<long> Shape { get; }

    public long Count { get; }

    /// <summary>Whole numbers or truth values.</summary>
    public bool IsWhole { get; }

    /// <summary>Kind of its elements in the file; null for what was worked out.</summary>
    public ArrayType? Element { get; private init; }

    /// <summary>Its numbers are all one: nothing of its size stands in the file.</summary>
    public bool IsUniform { get; private init; }

    public float[] Floats => IsWhole ? [.. Longs.Select(n => (float)n)] : (float[])_data.Value;

    public long[] Longs => IsWhole ? (long[])_data.Value : [.. Floats.Select(n => (long)n)];

    /// <summary>Floats or longs.</summary>
    public Array Data => _data.Value;

    public static OnnxConstant Of(string from, IReadOnlyList<long> shape, float[] values) => new(from, shape, false, () => values);

    public static OnnxConstant Of(string from, IReadOnlyList<long> shape, long[] values) => new(from, shape, true, () => values);

    public static OnnxConstant Of(string from, IReadOnlyList<long> shape, Array values) => values is long[] whole ? Of(from, shape, whole) : Of(from, shape, (float[])values);

    public static OnnxConstant Of(NamedArray array, string from) => array.Type.IsFloat()
        ? new OnnxConstant(from, array.Shape, false, array.ToSingles) { Element = array.Type }
        : new OnnxConstant(from, array.Shape, true, () => Whole(array)) { Element = array.Type };

    /// <summary>The same number everywhere.</summary>
    public static OnnxConstant Uniform(string from, IReadOnlyList<long> shape, float value) => new(from, shape, false, () =>
    {
        float[] values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        Array.Fill(values, value);
        return values;
    })
    { IsUniform = true };

    /// <summary>The same numbers under another shape.</summary>
    public OnnxConstant As(IReadOnlyList<long> shape) => new(From, shape, IsWhole, () => Data) { IsUniform = IsUniform, Element = Element };

    /// <summary>The numbers with the axes in another order: axis i of the result is axis <paramref name="order"/>[i] of this one.</summary>
    public OnnxConstant Turn(IReadOnlyList<int> order)
    {
        long[] shape = [.. order.Select(a => Shape[a])];
        return IsUniform ? As(shape) : new(From, shape, IsWhole, () => IsWhole ? Turned(Longs, Shape, order) : Turned(Floats, Shape, order));
    }

    /// <summary>In squares of 32: the last axis of one side is far apart in the other, and a cache line that was fetched should be used.</summary>
    public static T[] Turned<T>(T[] source, IReadOnlyList<long> shape, IReadOnlyList<int> order)
    {
        const long Side = 32;
        int rank = shape.Count;
        if (rank == 0 || source.Length == 0) return [.. source];
        long[] from = new long[rank], to = new long[rank], sizes = [.. order.Select(a => shape[a])];
        for (long i = rank - 1, stride = 1; i >= 0; stride *= shape[(int)i--]) from[Array.IndexOf([.. order], (int)i)] = stride;
        for (long i = rank - 1, stride = 1; i >= 0; stride *= sizes[i--]) to[i] = stride;
        // The axis that runs fastest in the source, and the one that does in the result.
        int fast = Array.IndexOf([.. order], rank - 1), last = rank - 1;
        int[] others = [.. Enumerable.Range(0, rank).Where(i => i != fast && i != last)];
        T[] result = new T[source.Length];
        long[] index = new long[rank];
        long rows = fast == last ? 1 : sizes[fast];
        for (bool more = true; more;)
        {
            long at = 0, origin = 0;
            foreach (int i in others) (at, origin) = (at + (index[i] * to[i]), origin + (index[i] * from[i]));
            for (long row = 0; row < rows; row += Side)
                for (long column = 0; column < sizes[last]; column += Side)
                    for (long r = row; r < Math.Min(row + Side, rows); r++)
                        for (long k = column; k < Math.Min(column + Side, sizes[last]); k++)
                            result[at + (r * to[fast]) + (k * (fast == last ? 1 : to[last]))] = source[origin + (r * from[fast]) + (k * from[last])];
            more = false;
            foreach (int i in others.Reverse())
            {
                if (++index[i] < sizes[i])
                {
                    more = true;
                    break;
                }
                index[i] = 0;
            }
        }
        return result;
    }

    private static long[] Whole(NamedArray array)
    {
        long[] values = new long[array.Count];
        int size = array.Type.Size();
        ReadOnlySpan<byte> bytes = array.Bytes;
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> at = bytes.Slice(i * size, size);
            values[i] = array.Type switch
            {
                ArrayType.Bool => at[0] != 0 ? 1 : 0,
                ArrayType.UInt8 => at[0],
                ArrayType.Int8 => (sbyte)at[0],
                ArrayType.UInt16 => BitConverter.ToUInt16(at),
                ArrayType.Int16 => BitConverter.ToInt16(at),
                ArrayType.UInt32 => BitConverter.ToUInt32(at),
                ArrayType.Int32 => BitConverter.ToInt32(at),
                _ => BitConverter.ToInt64(at),
            };
        }
        return values;
    }
}
