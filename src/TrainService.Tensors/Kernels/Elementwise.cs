using System.Numerics.Tensors;
using TrainService.Tensors.Kernels.Lanes;

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

    /// <summary>Σ x[i] in double: sixteen sums, of the elements whose index is the same modulo 16, then added up in pairs, eight apart first.</summary>
    public static double Sum(ReadOnlySpan<float> x) => Reductions.Sum<Reductions.Value>(SimdPaths.Best, x);

    /// <summary>Σ x[i]² in double, in the order of <see cref="Sum"/>. The squares are exact.</summary>
    public static double SumOfSquares(ReadOnlySpan<float> x) => Reductions.Sum<Reductions.Square>(SimdPaths.Best, x);

    /// <summary>Whether any element is NaN or infinite.</summary>
    public static bool AnyNonFinite(ReadOnlySpan<float> x) => FiniteCheck.AnyNonFinite(SimdPaths.Best, x);

    /// <summary>y[i] = x[i] · scale + offset, rounded once.</summary>
    public static void Widen(ReadOnlySpan<byte> x, float scale, float offset, Span<float> y)
        => ByteWidening.Apply(SimdPaths.Best, x, scale, offset, y);
}
