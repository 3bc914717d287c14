using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels;

/// <summary>
/// A product whose results are finished before they leave the registers: what a convolution or dense layer is at inference, with its bias, batch
/// normalization, shortcut and activation.
/// </summary>
public static unsafe class EndedProduct
{
    /// <summary>C = ending(A · B), or ending(C + A · B). C is row-major; the residual must not overlap it unless it is C itself.</summary>
    public static void Multiply(int rows, int panels, int depth, LeftOperand a, PanelOperand b, ProductOutput c, bool accumulate, in ProductEnding ending)
        => Run(SimdPaths.Best, rows, panels, depth, a, b, c, accumulate, ending);

    /// <summary>C = ending(C), row-major.</summary>
    public static void Finish(int rows, int panels, ProductOutput c, in ProductEnding ending) => Finish(SimdPaths.Best, rows, panels, c, ending);

    internal static void Run(
        SimdPath path, int rows, int panels, int depth, in LeftOperand a, in PanelOperand b, in ProductOutput c, bool accumulate, ProductEnding ending)
        => TileProduct.Run(path, rows, panels, depth, a, b, c, bias: null, accumulate, &ending);

    internal static void Finish(SimdPath path, int rows, int panels, in ProductOutput c, in ProductEnding ending)
    {
        switch (path)
        {
            case SimdPath.Vector512: Columns<Lane512, Vector512<float>>(rows, panels, c, ending); break;
            case SimdPath.Vector256: Columns<Lane256, Vector256<float>>(rows, panels, c, ending); break;
            case SimdPath.Vector128: Columns<Lane128, Vector128<float>>(rows, panels, c, ending); break;
            default: Columns<LaneScalar, float>(rows, panels, c, ending); break;
        }
    }

    private static void Columns<L, V>(int rows, int panels, in ProductOutput c, in ProductEnding ending)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        for (int column = 0; column < panels * Panels.Width; column += L.Width)
        {
            float* at = c.Data + column / Panels.Width * c.Panel + column % Panels.Width;
            ProductEnding own = ending.From(0, column);
            if (own.Residual != null) WithResidual<L, V>(rows, at, c.Row, own);
            else Plain<L, V>(rows, at, c.Row, own);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Plain<L, V>(int rows, float* c, nint row, in ProductEnding ending)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V scale = L.Load(ending.Scale), shift = L.Load(ending.Shift), low = L.Create(ending.Low), high = L.Create(ending.High);
        bool bounded = ending.Bounded;
        for (int r = 0; r < rows; r++, c += row)
        {
            V y = L.MultiplyAdd(L.Load(c), scale, shift);
            L.Store(bounded ? Bound<L, V>(y, low, high) : y, c);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void WithResidual<L, V>(int rows, float* c, nint row, in ProductEnding ending)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V scale = L.Load(ending.Scale), shift = L.Load(ending.Shift), low = L.Create(ending.Low), high = L.Create(ending.High);
        bool bounded = ending.Bounded;
        float* residual = ending.Residual;
        nint residualRow = ending.ResidualRow;
        for (int r = 0; r < rows; r++, c += row, residual += residualRow)
        {
            V y = L.Add(L.MultiplyAdd(L.Load(c), scale, shift), L.Load(residual));
            L.Store(bounded ? Bound<L, V>(y, low, high) : y, c);
        }
    }

    /// <summary>Between both bounds; NaN fails both comparisons and passes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Bound<L, V>(V x, V low, V high)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        x = L.Select(L.Less(x, low), low, x);
        return L.Select(L.Less(high, x), high, x);
    }
}
