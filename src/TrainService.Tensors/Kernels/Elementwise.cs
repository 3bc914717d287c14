using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TrainService.Tensors.Kernels;

/// <summary>
/// Plain arithmetic on blocks that lie in cache. Results don't depend on the processor's vectors: element-wise operations are rounded once, and
/// sums are added in an order that is written down here.
/// </summary>
public static unsafe class Elementwise
{
    /// <summary>x[r, j] += row[j].</summary>
    public static void AddRow(float* x, int rows, int columns, nint stride, float* row)
    {
        var addend = new ReadOnlySpan<float>(row, columns);
        for (int r = 0; r < rows; r++)
        {
            var line = new Span<float>(x + r * stride, columns);
            TensorPrimitives.Add(line, addend, line);
        }
    }

    /// <summary>sums[j] = (<paramref name="accumulate"/> ? sums[j] : 0) + x[0, j] + x[1, j] + …, in this order, in float32.</summary>
    public static void ColumnSums(float* x, int rows, int columns, nint stride, float* sums, bool accumulate = false)
    {
        var total = new Span<float>(sums, columns);
        if (!accumulate) total.Clear();
        for (int r = 0; r < rows; r++) TensorPrimitives.Add(total, new ReadOnlySpan<float>(x + r * stride, columns), total);
    }

    /// <summary>x[i] *= factor.</summary>
    public static void Scale(Span<float> x, float factor) => TensorPrimitives.Multiply(x, factor, x);

    /// <summary>y[i] = factor · x[i] + y[i], rounded once.</summary>
    public static void AddScaled(Span<float> y, float factor, ReadOnlySpan<float> x) => TensorPrimitives.FusedMultiplyAdd(x, factor, y, y);

    /// <summary>y[i] *= x[i].</summary>
    public static void Multiply(Span<float> y, ReadOnlySpan<float> x) => TensorPrimitives.Multiply(y, x, y);

    /// <summary>x[i] into [low, high]; NaN stays NaN.</summary>
    public static void Clamp(Span<float> x, float low, float high) => TensorPrimitives.Clamp<float>(x, low, high, x);

    /// <summary>Σ x[i] in double: sixteen sums, of the elements whose index is the same modulo 16, then added up in pairs.</summary>
    public static double Sum(ReadOnlySpan<float> x)
    {
        Vector512<double> low = default, high = default;
        fixed (float* start = x)
        {
            int i = 0;
            for (; i <= x.Length - 16; i += 16) Accumulate(Vector512.Load(start + i), ref low, ref high);
            if (i < x.Length) Accumulate(Rest(start + i, x.Length - i), ref low, ref high);
        }

        return Total(low, high);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Accumulate(Vector512<float> part, ref Vector512<double> low, ref Vector512<double> high)
        {
            low += Vector512.WidenLower(part);
            high += Vector512.WidenUpper(part);
        }
    }

    /// <summary>Σ x[i]² in double, in the order of <see cref="Sum"/>. The squares are exact.</summary>
    public static double SumOfSquares(ReadOnlySpan<float> x)
    {
        Vector512<double> low = default, high = default;
        fixed (float* start = x)
        {
            int i = 0;
            for (; i <= x.Length - 16; i += 16) Accumulate(Vector512.Load(start + i), ref low, ref high);
            if (i < x.Length) Accumulate(Rest(start + i, x.Length - i), ref low, ref high);
        }

        return Total(low, high);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Accumulate(Vector512<float> part, ref Vector512<double> low, ref Vector512<double> high)
        {
            Vector512<double> a = Vector512.WidenLower(part), b = Vector512.WidenUpper(part);
            low += a * a;
            high += b * b;
        }
    }

    /// <summary>Whether any element is NaN or infinite.</summary>
    public static bool AnyNonFinite(ReadOnlySpan<float> x)
    {
        // The exponent's bits are all ones in NaN and infinity alone.
        Vector512<int> exponent = Vector512.Create(0x7F800000), found = default;
        fixed (float* start = x)
        {
            int i = 0;
            for (; i <= x.Length - 16; i += 16) found |= Vector512.Equals(Vector512.Load((int*)start + i) & exponent, exponent);
            if (i < x.Length) found |= Vector512.Equals(Rest(start + i, x.Length - i).AsInt32() & exponent, exponent);
        }

        return found != Vector512<int>.Zero;
    }

    /// <summary>y[i] = x[i] · scale + offset, rounded once.</summary>
    public static void Widen(ReadOnlySpan<byte> x, float scale, float offset, Span<float> y)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(y.Length, x.Length, nameof(y));
        for (int i = 0; i < x.Length; i++) y[i] = MathF.FusedMultiplyAdd(x[i], scale, offset);
    }

    /// <summary>The last few elements, with zeros behind them.</summary>
    private static Vector512<float> Rest(float* start, int length)
    {
        float* padded = stackalloc float[16];
        new Span<float>(padded, 16).Clear();
        new ReadOnlySpan<float>(start, length).CopyTo(new Span<float>(padded, 16));
        return Vector512.Load(padded);
    }

    private static double Total(Vector512<double> low, Vector512<double> high)
    {
        Vector512<double> eight = low + high;
        Vector256<double> four = eight.GetLower() + eight.GetUpper();
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two.ToScalar() + two.GetElement(1);
    }
}
