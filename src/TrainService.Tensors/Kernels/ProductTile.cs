using System.Runtime.CompilerServices;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels;

/// <summary>What one register tile works on. Strides in floats; "second" is the way from a tile's first vector of columns to its second.</summary>
internal unsafe struct TileArguments
{
    public float* A, B, C;

    /// <summary>Null: the tile starts from C if <see cref="Accumulate"/>, else from 0.</summary>
    public float* Bias;

    /// <summary>Of the ending; the residual may be null. Columns as those of the bias.</summary>
    public float* Scale, Shift, Residual;

    public float Low, High;

    public nint ARow, ADepth, BDepth, BSecond, CRow, CSecond, BiasSecond, ResidualRow, Depth;

    public bool Accumulate;
}

/// <summary>
/// The innermost product: up to 12 rows × 2 vectors of columns, each element a chain of fused multiply-adds in the order of depth, all of them in
/// registers from the first to the last. With TEnding of 2 the results are finished before they leave the registers (<see cref="ProductEnding"/>).
/// </summary>
/// <remarks>
/// Straight-line code in a method of its own: anything that loops or allocates on the stack beside the accumulators makes the compiler spill them
/// (2.4 times slower). The number of rows and columns are type arguments, so that each size is compiled on its own without the dead half of the ifs.
/// Twelve row addresses need four registers: rows come in threes, at a base, one stride and two strides on.
/// </remarks>
internal static unsafe class ProductTile
{
    /// <summary>Most rows of a tile: 24 accumulators, which leave 8 of 32 registers. With 16 registers use at most 6.</summary>
    public const int MaxRows = 12;

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Run<L, V, TRows, TColumns, TEnding>(in TileArguments t)
        where L : struct, ILane<V>
        where V : unmanaged
        where TRows : struct, ICount
        where TColumns : struct, ICount
        where TEnding : struct, ICount
    {
        nint row = t.ARow, two = 2 * row, step = t.ADepth, bStep = t.BDepth, second = t.BSecond;
        float* a0 = t.A, a3 = a0 + 3 * row, a6 = a3 + 3 * row, a9 = a6 + 3 * row, b = t.B;
        V x0 = default, y0 = default;
        V x1 = default, y1 = default;
        V x2 = default, y2 = default;
        V x3 = default, y3 = default;
        V x4 = default, y4 = default;
        V x5 = default, y5 = default;
        V x6 = default, y6 = default;
        V x7 = default, y7 = default;
        V x8 = default, y8 = default;
        V x9 = default, y9 = default;
        V x10 = default, y10 = default;
        V x11 = default, y11 = default;
        if (t.Accumulate)
        {
            float* c = t.C;
            nint cRow = t.CRow, cSecond = t.CSecond;
            x0 = L.Load(c);
            if (TColumns.Value > 1) y0 = L.Load(c + cSecond);

            if (TRows.Value > 1)
            {
                c += cRow;
                x1 = L.Load(c);
                if (TColumns.Value > 1) y1 = L.Load(c + cSecond);
            }

            if (TRows.Value > 2)
            {
                c += cRow;
                x2 = L.Load(c);
                if (TColumns.Value > 1) y2 = L.Load(c + cSecond);
            }

            if (TRows.Value > 3)
            {
                c += cRow;
                x3 = L.Load(c);
                if (TColumns.Value > 1) y3 = L.Load(c + cSecond);
            }

            if (TRows.Value > 4)
            {
                c += cRow;
                x4 = L.Load(c);
                if (TColumns.Value > 1) y4 = L.Load(c + cSecond);
            }

            if (TRows.Value > 5)
            {
                c += cRow;
                x5 = L.Load(c);
                if (TColumns.Value > 1) y5 = L.Load(c + cSecond);
            }

            if (TRows.Value > 6)
            {
                c += cRow;
                x6 = L.Load(c);
                if (TColumns.Value > 1) y6 = L.Load(c + cSecond);
            }

            if (TRows.Value > 7)
            {
                c += cRow;
                x7 = L.Load(c);
                if (TColumns.Value > 1) y7 = L.Load(c + cSecond);
            }

            if (TRows.Value > 8)
            {
                c += cRow;
                x8 = L.Load(c);
                if (TColumns.Value > 1) y8 = L.Load(c + cSecond);
            }

            if (TRows.Value > 9)
            {
                c += cRow;
                x9 = L.Load(c);
                if (TColumns.Value > 1) y9 = L.Load(c + cSecond);
            }

            if (TRows.Value > 10)
            {
                c += cRow;
                x10 = L.Load(c);
                if (TColumns.Value > 1) y10 = L.Load(c + cSecond);
            }

            if (TRows.Value > 11)
            {
                c += cRow;
                x11 = L.Load(c);
                if (TColumns.Value > 1) y11 = L.Load(c + cSecond);
            }
        }
        else if (t.Bias != null)
        {
            V x = L.Load(t.Bias), y = TColumns.Value > 1 ? L.Load(t.Bias + t.BiasSecond) : default;
            (x0, y0) = (x, y);
            if (TRows.Value > 1) (x1, y1) = (x, y);
            if (TRows.Value > 2) (x2, y2) = (x, y);
            if (TRows.Value > 3) (x3, y3) = (x, y);
            if (TRows.Value > 4) (x4, y4) = (x, y);
            if (TRows.Value > 5) (x5, y5) = (x, y);
            if (TRows.Value > 6) (x6, y6) = (x, y);
            if (TRows.Value > 7) (x7, y7) = (x, y);
            if (TRows.Value > 8) (x8, y8) = (x, y);
            if (TRows.Value > 9) (x9, y9) = (x, y);
            if (TRows.Value > 10) (x10, y10) = (x, y);
            if (TRows.Value > 11) (x11, y11) = (x, y);
        }

        for (nint p = t.Depth; p > 0; p--)
        {
            V u = L.Load(b), v = TColumns.Value > 1 ? L.Load(b + second) : default;
            b += bStep;
            V a = L.Broadcast(a0);
            x0 = L.MultiplyAdd(a, u, x0);
            if (TColumns.Value > 1) y0 = L.MultiplyAdd(a, v, y0);

            if (TRows.Value > 1)
            {
                a = L.Broadcast(a0 + row);
                x1 = L.MultiplyAdd(a, u, x1);
                if (TColumns.Value > 1) y1 = L.MultiplyAdd(a, v, y1);
            }

            if (TRows.Value > 2)
            {
                a = L.Broadcast(a0 + two);
                x2 = L.MultiplyAdd(a, u, x2);
                if (TColumns.Value > 1) y2 = L.MultiplyAdd(a, v, y2);
            }

            if (TRows.Value > 3)
            {
                a = L.Broadcast(a3);
                x3 = L.MultiplyAdd(a, u, x3);
                if (TColumns.Value > 1) y3 = L.MultiplyAdd(a, v, y3);
            }

            if (TRows.Value > 4)
            {
                a = L.Broadcast(a3 + row);
                x4 = L.MultiplyAdd(a, u, x4);
                if (TColumns.Value > 1) y4 = L.MultiplyAdd(a, v, y4);
            }

            if (TRows.Value > 5)
            {
                a = L.Broadcast(a3 + two);
                x5 = L.MultiplyAdd(a, u, x5);
                if (TColumns.Value > 1) y5 = L.MultiplyAdd(a, v, y5);
            }

            if (TRows.Value > 6)
            {
                a = L.Broadcast(a6);
                x6 = L.MultiplyAdd(a, u, x6);
                if (TColumns.Value > 1) y6 = L.MultiplyAdd(a, v, y6);
            }

            if (TRows.Value > 7)
            {
                a = L.Broadcast(a6 + row);
                x7 = L.MultiplyAdd(a, u, x7);
                if (TColumns.Value > 1) y7 = L.MultiplyAdd(a, v, y7);
            }

            if (TRows.Value > 8)
            {
                a = L.Broadcast(a6 + two);
                x8 = L.MultiplyAdd(a, u, x8);
                if (TColumns.Value > 1) y8 = L.MultiplyAdd(a, v, y8);
            }

            if (TRows.Value > 9)
            {
                a = L.Broadcast(a9);
                x9 = L.MultiplyAdd(a, u, x9);
                if (TColumns.Value > 1) y9 = L.MultiplyAdd(a, v, y9);
            }

            if (TRows.Value > 10)
            {
                a = L.Broadcast(a9 + row);
                x10 = L.MultiplyAdd(a, u, x10);
                if (TColumns.Value > 1) y10 = L.MultiplyAdd(a, v, y10);
            }

            if (TRows.Value > 11)
            {
                a = L.Broadcast(a9 + two);
                x11 = L.MultiplyAdd(a, u, x11);
                if (TColumns.Value > 1) y11 = L.MultiplyAdd(a, v, y11);
            }
            a0 += step;
            if (TRows.Value > 3) a3 += step;
            if (TRows.Value > 6) a6 += step;
            if (TRows.Value > 9) a9 += step;
        }

        float* d = t.C;
        nint dRow = t.CRow, dSecond = t.CSecond, eRow = 0, eSecond = 0;
        float* e = null;
        V s = default, h = default, s2 = default, h2 = default, low = default, high = default;
        if (TEnding.Value > 1)
        {
            e = t.Residual;
            (eRow, eSecond) = (t.ResidualRow, t.BiasSecond);
            (s, h, low, high) = (L.Load(t.Scale), L.Load(t.Shift), L.Create(t.Low), L.Create(t.High));
            if (TColumns.Value > 1) (s2, h2) = (L.Load(t.Scale + eSecond), L.Load(t.Shift + eSecond));
        }

        L.Store(TEnding.Value > 1 ? End<L, V>(x0, s, h, low, high, e) : x0, d);
        if (TColumns.Value > 1) L.Store(TEnding.Value > 1 ? End<L, V>(y0, s2, h2, low, high, e == null ? null : e + eSecond) : y0, d + dSecond);

        if (TRows.Value > 1)
        {
            d += dRow;
            if (TEnding.Value > 1) e += eRow;
            L.Store(TEnding.Value > 1 ? End<L, V>(x1, s, h, low, high, e) : x1, d);
            if (TColumns.Value > 1) L.Store(TEnding.Value > 1 ? End<L, V>(y1, s2, h2, low, high, e == null ? null : e + eSecond) : y1, d + dSecond);
        }

        if (TRows.Value > 2)
        {
            d += dRow;
            if (TEnding.Value > 1) e += eRow;
            L.Store(TEnding.Value > 1 ? End<L, V>(x2, s, h, low, high, e) : x2, d);
            if (TColumns.Value > 1) L.Store(TEnding.Value > 1 ? End<L, V>(y2, s2, h2, low, high, e == null ? null : e + eSecond) : y2, d + dSecond);
        }

        if (TRows.Value > 3)
        {
            d += dRow;
            if (TEnding.Value > 1) e += eRow;
            L.Store(TEnding.Value > 1 ? End<L, V>(x3, s, h, low, high, e) : x3, d);
            if (TColumns.Value > 1) L.Store(TEnding.Value > 1 ? End<L, V>(y3, s2, h2, low, high, e == null ? null : e + eSecond) : y3, d + dSecond);
        }

        if (TRows.Value > 4)
        {
            d += dRow;
            if (TEnding.Value > 1) e += eRow;
            L.Store(TEnding.Value > 1 ? End<L, V>(x4, s, h, low, high, e) : x4, d);
            if (TColumns.Value > 1) L.Store(TEnding.Value > 1 ? End<L, V>(y4, s2, h2, low, high, e == null ? null : e + eSecond) : y4, d + dSecond);
        }

        if (TRows.Value > 5)
        {
            d += dRow;
            if (TEnding.Value > 1) e += eRow;
            L.Store(TEnding.Value > 1 ? End<L, V>(x5, s, h, low, high, e) : x5, d);
            if (TColumns.Value > 1) L.Store(TEnding.Value > 1 ? End<L, V>(y5, s2, h2, low, high, e == null ? null : e + eSecond) : y5, d + dSecond);
        }

        if (TRows.Value > 6)
        {
            d += dRow;
            if (TEnding.Value > 1) e += eRow;
            L.Store(TEnding.Value > 1 ? End<L, V>(x6, s, h, low, high, e) : x6, d);
            if (TColumns.Value > 1) L.Store(TEnding.Value > 1 ? End<L, V>(y6, s2, h2, low, high, e == null ? null : e + eSecond) : y6, d + dSecond);
        }

        if (TRows.Value > 7)
        {
            d += dRow;
            if (TEnding.Value > 1) e += eRow;
            L.Store(TEnding.Value > 1 ? End<L, V>(x7, s, h, low, high, e) : x7, d);
            if (TColumns.Value > 1) L.Store(TEnding.Value > 1 ? End<L, V>(y7, s2, h2, low, high, e == null ? null : e + eSecond) : y7, d + dSecond);
        }

        if (TRows.Value > 8)
        {
            d += dRow;
            if (TEnding.Value > 1) e += eRow;
            L.Store(TEnding.Value > 1 ? End<L, V>(x8, s, h, low, high, e) : x8, d);
            if (TColumns.Value > 1) L.Store(TEnding.Value > 1 ? End<L, V>(y8, s2, h2, low, high, e == null ? null : e + eSecond) : y8, d + dSecond);
        }

        if (TRows.Value > 9)
        {
            d += dRow;
            if (TEnding.Value > 1) e += eRow;
            L.Store(TEnding.Value > 1 ? End<L, V>(x9, s, h, low, high, e) : x9, d);
            if (TColumns.Value > 1) L.Store(TEnding.Value > 1 ? End<L, V>(y9, s2, h2, low, high, e == null ? null : e + eSecond) : y9, d + dSecond);
        }

        if (TRows.Value > 10)
        {
            d += dRow;
            if (TEnding.Value > 1) e += eRow;
            L.Store(TEnding.Value > 1 ? End<L, V>(x10, s, h, low, high, e) : x10, d);
            if (TColumns.Value > 1) L.Store(TEnding.Value > 1 ? End<L, V>(y10, s2, h2, low, high, e == null ? null : e + eSecond) : y10, d + dSecond);
        }

        if (TRows.Value > 11)
        {
            d += dRow;
            if (TEnding.Value > 1) e += eRow;
            L.Store(TEnding.Value > 1 ? End<L, V>(x11, s, h, low, high, e) : x11, d);
            if (TColumns.Value > 1) L.Store(TEnding.Value > 1 ? End<L, V>(y11, s2, h2, low, high, e == null ? null : e + eSecond) : y11, d + dSecond);
        }
    }

    /// <summary>x · scale + shift + residual, within bounds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V End<L, V>(V x, V scale, V shift, V low, V high, float* residual)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        x = L.MultiplyAdd(x, scale, shift);
        if (residual != null) x = L.Add(x, L.Load(residual));
        return EndedProduct.Bound<L, V>(x, low, high);
    }
}
