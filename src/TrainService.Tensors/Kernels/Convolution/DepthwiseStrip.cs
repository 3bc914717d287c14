using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Convolution;

/// <summary>
/// Some rows of a depthwise 3x3 convolution of one image, finished as they leave the registers. Each result is one chain of fused multiply-adds over
/// the taps in order; taps above and below the image read a row of zeros, taps beside it are left out.
/// </summary>
/// <param name="Width">Pixels of a source row.</param>
/// <param name="Stride">1 or 2, both ways.</param>
/// <param name="Before">Zeros that are thought left of a row.</param>
/// <param name="OutWidth">Pixels of a target row.</param>
/// <param name="PixelStride">Floats of a pixel of source and target: whole vectors of 16.</param>
public sealed unsafe record DepthwiseStrip(int Width, int Stride, int Before, int OutWidth, int PixelStride)
{
    /// <summary>Rows and columns of the kernel.</summary>
    public const int Size = 3;

    /// <summary>Results of a row that are in registers together.</summary>
    private const int Tile = 4;

    /// <summary>Target pixels whose taps all lie within the row: First … End - 1.</summary>
    private (int First, int End) Inner { get; } = InnerOf(Width, Stride, Before, OutWidth);

    /// <summary>Whether this serves the convolution.</summary>
    public static bool Serves(DepthwisePass pass) => pass.KernelHeight == Size && pass.KernelWidth == Size && pass.TapsY.Length == Size && pass.TapsX.Length == Size
        && pass.TapsX[1] == pass.TapsX[0] + 1 && pass.TapsX[2] == pass.TapsX[0] + 2 && pass.TapsY[1] == pass.TapsY[0] + 1
        && pass.StepX == pass.StepY && pass.StepX is 1 or 2 && pass.TapsX[0] is 0 or -1
        && pass.Source.PixelStride == pass.Target.PixelStride && pass.Source.PixelStride % Panels.Width == 0;

    /// <param name="sources">For each target row the addresses of the three source rows that it sees, one target row after the other.</param>
    /// <param name="kernel">[channels / 16][3][3][16].</param>
    /// <param name="target">First pixel of the first target row; rows follow each other without gaps.</param>
    /// <param name="ending">Without a residual.</param>
    public void Run(int rows, float** sources, float* kernel, float* target, in ProductEnding ending) => Run(SimdPaths.Best, rows, sources, kernel, target, ending);

    internal void Run(SimdPath path, int rows, float** sources, float* kernel, float* target, in ProductEnding ending)
    {
        switch (path)
        {
            case SimdPath.Vector512: Channels<Lane512, Vector512<float>>(rows, sources, kernel, target, ending); break;
            case SimdPath.Vector256: Channels<Lane256, Vector256<float>>(rows, sources, kernel, target, ending); break;
            case SimdPath.Vector128: Channels<Lane128, Vector128<float>>(rows, sources, kernel, target, ending); break;
            default: Channels<LaneScalar, float>(rows, sources, kernel, target, ending); break;
        }
    }

    /// <summary>A vector of channels at a time through all rows, so that a source row is still in the first-level cache when the next one sees it again.</summary>
    private void Channels<L, V>(int rows, float** sources, float* kernel, float* target, in ProductEnding ending)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        for (int c = 0; c < PixelStride; c += L.Width)
        {
            float* weights = kernel + (nint)(c / Panels.Width) * Size * Size * Panels.Width + c % Panels.Width;
            ProductEnding own = ending.From(0, c);
            for (int y = 0; y < rows; y++)
                Row<L, V>(sources[y * Size] + c, sources[y * Size + 1] + c, sources[y * Size + 2] + c, weights, target + (nint)y * OutWidth * PixelStride + c, own);
        }
    }

    private void Row<L, V>(float* above, float* middle, float* below, float* weights, float* target, in ProductEnding ending)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        (int first, int end) = Inner;
        if (end - first < Tile)
        {
            Edge<L, V>(0, OutWidth, above, middle, below, weights, target, ending);
            return;
        }

        Edge<L, V>(0, first, above, middle, below, weights, target, ending);
        nint skip = (nint)(first * Stride - Before) * PixelStride;
        int tiles = (end - first) / Tile;
        if (Stride == 1) Inside<L, V, N1>(tiles, above + skip, middle + skip, below + skip, weights, target + (nint)first * PixelStride, ending);
        else Inside<L, V, N2>(tiles, above + skip, middle + skip, below + skip, weights, target + (nint)first * PixelStride, ending);
        int done = first + tiles * Tile;
        if (done < end)
        {
            // The last tile overlaps the one before it.
            done = end - Tile;
            skip = (nint)(done * Stride - Before) * PixelStride;
            if (Stride == 1) Inside<L, V, N1>(1, above + skip, middle + skip, below + skip, weights, target + (nint)done * PixelStride, ending);
            else Inside<L, V, N2>(1, above + skip, middle + skip, below + skip, weights, target + (nint)done * PixelStride, ending);
        }

        Edge<L, V>(end, OutWidth, above, middle, below, weights, target, ending);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Edge<L, V>(int from, int to, float* above, float* middle, float* below, float* weights, float* target, in ProductEnding ending)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        for (int x = from; x < to; x++)
        {
            V sum = default;
            for (int i = 0; i < Size; i++)
            {
                float* row = i == 0 ? above : i == 1 ? middle : below;
                for (int j = 0; j < Size; j++)
                {
                    int pixel = x * Stride + j - Before;
                    if ((uint)pixel >= (uint)Width) continue;
                    sum = L.MultiplyAdd(L.Load(row + (nint)pixel * PixelStride), L.Load(weights + (i * Size + j) * Panels.Width), sum);
                }
            }

            Store<L, V>(sum, target + (nint)x * PixelStride, L.Load(ending.Scale), L.Load(ending.Shift), L.Create(ending.Low), L.Create(ending.High));
        }
    }

    /// <summary>Four results at a time, with strides of 1 from six pixels of each row, with strides of 2 from nine.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Inside<L, V, TStride>(int tiles, float* above, float* middle, float* below, float* weights, float* target, in ProductEnding ending)
        where L : struct, ILane<V>
        where V : unmanaged
        where TStride : struct, ICount
    {
        nint one = PixelStride;
        V w0 = L.Load(weights), w1 = L.Load(weights + 16), w2 = L.Load(weights + 32), w3 = L.Load(weights + 48), w4 = L.Load(weights + 64);
        V w5 = L.Load(weights + 80), w6 = L.Load(weights + 96), w7 = L.Load(weights + 112), w8 = L.Load(weights + 128);
        V scale = L.Load(ending.Scale), shift = L.Load(ending.Shift), low = L.Create(ending.Low), high = L.Create(ending.High);
        for (int i = 0; i < tiles; i++)
        {
            V a = default, b = default, c = default, d = default;
            (a, b, c, d) = Taps<L, V, TStride>(above, one, w0, w1, w2, a, b, c, d);
            (a, b, c, d) = Taps<L, V, TStride>(middle, one, w3, w4, w5, a, b, c, d);
            (a, b, c, d) = Taps<L, V, TStride>(below, one, w6, w7, w8, a, b, c, d);
            Store<L, V>(a, target, scale, shift, low, high);
            Store<L, V>(b, target + one, scale, shift, low, high);
            Store<L, V>(c, target + 2 * one, scale, shift, low, high);
            Store<L, V>(d, target + 3 * one, scale, shift, low, high);
            target += 4 * one;
            above += 4 * TStride.Value * one;
            middle += 4 * TStride.Value * one;
            below += 4 * TStride.Value * one;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V A, V B, V C, V D) Taps<L, V, TStride>(float* row, nint one, V u, V v, V w, V a, V b, V c, V d)
        where L : struct, ILane<V>
        where V : unmanaged
        where TStride : struct, ICount
        => TStride.Value == 1 ? Taps1<L, V>(row, one, u, v, w, a, b, c, d) : Taps2<L, V>(row, one, u, v, w, a, b, c, d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V A, V B, V C, V D) Taps1<L, V>(float* row, nint one, V u, V v, V w, V a, V b, V c, V d)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V x = L.Load(row), y = L.Load(row + one), z = L.Load(row + 2 * one);
        a = L.MultiplyAdd(z, w, L.MultiplyAdd(y, v, L.MultiplyAdd(x, u, a)));
        x = L.Load(row + 3 * one);
        b = L.MultiplyAdd(x, w, L.MultiplyAdd(z, v, L.MultiplyAdd(y, u, b)));
        y = L.Load(row + 4 * one);
        c = L.MultiplyAdd(y, w, L.MultiplyAdd(x, v, L.MultiplyAdd(z, u, c)));
        z = L.Load(row + 5 * one);
        d = L.MultiplyAdd(z, w, L.MultiplyAdd(y, v, L.MultiplyAdd(x, u, d)));
        return (a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V A, V B, V C, V D) Taps2<L, V>(float* row, nint one, V u, V v, V w, V a, V b, V c, V d)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V x = L.Load(row + 2 * one), y = L.Load(row + 4 * one), z = L.Load(row + 6 * one);
        a = L.MultiplyAdd(x, w, L.MultiplyAdd(L.Load(row + one), v, L.MultiplyAdd(L.Load(row), u, a)));
        b = L.MultiplyAdd(y, w, L.MultiplyAdd(L.Load(row + 3 * one), v, L.MultiplyAdd(x, u, b)));
        c = L.MultiplyAdd(z, w, L.MultiplyAdd(L.Load(row + 5 * one), v, L.MultiplyAdd(y, u, c)));
        d = L.MultiplyAdd(L.Load(row + 8 * one), w, L.MultiplyAdd(L.Load(row + 7 * one), v, L.MultiplyAdd(z, u, d)));
        return (a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<L, V>(V sum, float* target, V scale, V shift, V low, V high)
        where L : struct, ILane<V>
        where V : unmanaged
        => L.Store(EndedProduct.Bound<L, V>(L.MultiplyAdd(sum, scale, shift), low, high), target);

    private static (int First, int End) InnerOf(int width, int stride, int before, int outWidth)
    {
        int first = (before + stride - 1) / stride, last = width - Size + before;
        int end = last < 0 ? 0 : Math.Min(outWidth, last / stride + 1);
        return first < end ? (first, end) : (outWidth, outWidth);
    }
}
