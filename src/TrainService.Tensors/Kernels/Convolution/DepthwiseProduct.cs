using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Convolution;

/// <summary>
/// Depthwise convolution: each channel has a kernel of its own, so 16 channels are a vector and nothing is shared between them. Each result is one chain
/// of fused multiply-adds over its taps in order, taps beyond the border left out: the same bits on every width of vector.
/// </summary>
public static unsafe class DepthwiseProduct
{
    /// <summary>Positions whose sums are in registers together.</summary>
    private const int Tile = 4;

    /// <summary>Positions of which all channels are done before the next ones.</summary>
    private const int Stretch = 64;

    /// <summary>The samples <paramref name="from"/> … <paramref name="to"/> - 1.</summary>
    /// <param name="bias">Where the chains start, one a channel, padded to whole vectors; null for 0.</param>
    /// <param name="accumulate">Go on with what is in the target.</param>
    public static void Run(DepthwisePass pass, int from, int to, float* source, float* kernel, float* target, float* bias, bool accumulate)
        => Run(SimdPaths.Best, pass, from, to, source, kernel, target, bias, accumulate);

    /// <summary>The rows <paramref name="from"/> … <paramref name="to"/> - 1 of positions of one sample, whose images begin at source and target.</summary>
    public static void RunRows(DepthwisePass pass, int from, int to, float* source, float* kernel, float* target, float* bias, bool accumulate)
        => RunRows(SimdPaths.Best, pass, from, to, source, kernel, target, bias, accumulate);

    internal static void Run(SimdPath path, DepthwisePass pass, int from, int to, float* source, float* kernel, float* target, float* bias, bool accumulate)
    {
        for (int n = from; n < to; n++)
            RunRows(path, pass, 0, pass.Height, source + n * pass.Source.SampleStride, kernel, target + n * pass.Target.SampleStride, bias, accumulate);
    }

    private static void RunRows(SimdPath path, DepthwisePass pass, int from, int to, float* source, float* kernel, float* target, float* bias, bool accumulate)
    {
        switch (path)
        {
            case SimdPath.Vector512: Rows<Lane512, Vector512<float>>(pass, from, to, source, kernel, target, bias, accumulate); break;
            case SimdPath.Vector256: Rows<Lane256, Vector256<float>>(pass, from, to, source, kernel, target, bias, accumulate); break;
            case SimdPath.Vector128: Rows<Lane128, Vector128<float>>(pass, from, to, source, kernel, target, bias, accumulate); break;
            default: Rows<LaneScalar, float>(pass, from, to, source, kernel, target, bias, accumulate); break;
        }
    }

    private static void Rows<L, V>(DepthwisePass pass, int from, int to, float* source, float* kernel, float* target, float* bias, bool accumulate)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        ImageLayout result = pass.Target;
        int taps = pass.KernelHeight * pass.KernelWidth;
        for (int y = from; y < to; y++)
        {
            float* row = target + ((nint)(pass.FirstY + y * pass.TargetStepY) * result.Width + pass.FirstX) * result.PixelStride;
            // All channels of a few positions, then the next ones: memory is gone through in order.
            for (int x = 0; x < pass.Width; x += Stretch)
            {
                int end = Math.Min(pass.Width, x + Stretch);
                for (int c = 0; c < result.PixelStride; c += L.Width)
                {
                    float* weights = kernel + (nint)(c / Panels.Width) * taps * Panels.Width + c % Panels.Width;
                    Row<L, V>(pass, y, x, end, source + c, weights, row + c, bias == null ? null : bias + c, accumulate);
                }
            }
        }
    }

    /// <summary>Some positions of a row, of one vector of channels.</summary>
    private static void Row<L, V>(DepthwisePass pass, int y, int x, int to, float* source, float* weights, float* target, float* bias, bool accumulate)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        int first = Math.Min(to, pass.Inner.First), end = Math.Min(to, pass.Inner.End);
        nint step = (nint)pass.TargetStepX * pass.Target.PixelStride;
        for (; x < first; x++) One<L, V>(pass, y, x, source, weights, target + x * step, bias, accumulate);
        if (pass.Window.IsSmall && x < end)
        {
            DepthwiseRow.Run<L, V>(pass, y, x, end - x, source, weights, target + x * step, bias, accumulate);
            x = end;
        }

        for (; x <= end - Tile; x += Tile) Four<L, V>(pass, y, x, source, weights, target + x * step, bias, accumulate);
        for (; x < to; x++) One<L, V>(pass, y, x, source, weights, target + x * step, bias, accumulate);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void One<L, V>(DepthwisePass pass, int y, int x, float* source, float* weights, float* target, float* bias, bool accumulate)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        ImageLayout image = pass.Source;
        int[] tapsY = pass.TapsY, tapsX = pass.TapsX, kernelY = pass.KernelY, kernelX = pass.KernelX;
        V sum = accumulate ? L.Load(target) : bias != null ? L.Load(bias) : default;
        for (int i = 0; i < tapsY.Length; i++)
        {
            int row = y * pass.StepY + tapsY[i];
            if ((uint)row >= (uint)image.Height) continue;
            for (int j = 0; j < tapsX.Length; j++)
            {
                int pixel = x * pass.StepX + tapsX[j];
                if ((uint)pixel >= (uint)image.Width) continue;
                V weight = L.Load(weights + (nint)(kernelY[i] * pass.KernelWidth + kernelX[j]) * Panels.Width);
                sum = L.MultiplyAdd(L.Load(source + ((nint)row * image.Width + pixel) * image.PixelStride), weight, sum);
            }
        }

        L.Store(sum, target);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Four<L, V>(DepthwisePass pass, int y, int x, float* source, float* weights, float* target, float* bias, bool accumulate)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        ImageLayout image = pass.Source;
        int[] tapsY = pass.TapsY, tapsX = pass.TapsX, kernelY = pass.KernelY, kernelX = pass.KernelX;
        nint step = (nint)pass.StepX * image.PixelStride, targetStep = (nint)pass.TargetStepX * pass.Target.PixelStride;
        V a = default, b = default, c = default, d = default;
        if (accumulate) (a, b, c, d) = (L.Load(target), L.Load(target + targetStep), L.Load(target + 2 * targetStep), L.Load(target + 3 * targetStep));
        else if (bias != null) a = b = c = d = L.Load(bias);
        for (int i = 0; i < tapsY.Length; i++)
        {
            int row = y * pass.StepY + tapsY[i];
            if ((uint)row >= (uint)image.Height) continue;
            float* start = source + ((nint)row * image.Width + x * pass.StepX) * image.PixelStride;
            float* kernelRow = weights + (nint)kernelY[i] * pass.KernelWidth * Panels.Width;
            for (int j = 0; j < tapsX.Length; j++)
            {
                float* pixel = start + (nint)tapsX[j] * image.PixelStride;
                V weight = L.Load(kernelRow + (nint)kernelX[j] * Panels.Width);
                a = L.MultiplyAdd(L.Load(pixel), weight, a);
                b = L.MultiplyAdd(L.Load(pixel + step), weight, b);
                c = L.MultiplyAdd(L.Load(pixel + 2 * step), weight, c);
                d = L.MultiplyAdd(L.Load(pixel + 3 * step), weight, d);
            }
        }

        L.Store(a, target);
        L.Store(b, target + targetStep);
        L.Store(c, target + 2 * targetStep);
        L.Store(d, target + 3 * targetStep);
    }
}
