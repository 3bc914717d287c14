using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Convolution;

/// <summary>The gradient of a depthwise kernel: dW[tap] = Σ over samples and positions of x at the tap · dy, 16 channels at a time, in a fixed order.</summary>
public static unsafe class DepthwiseGradient
{
    /// <summary>Width of the kernels whose taps are done together.</summary>
    private const int Taps = 3;

    /// <summary>Of the channels 16 · block …, over the samples 0 … samples - 1.</summary>
    /// <param name="forward">The convolution.</param>
    /// <param name="result">[kernel height][kernel width][16].</param>
    public static void Run(DepthwisePass forward, int samples, int block, float* x, float* dy, float* result)
        => Run(SimdPaths.Best, forward, samples, block, x, dy, result);

    /// <summary>Adds what the rows <paramref name="from"/> … <paramref name="to"/> - 1 of positions of one sample give.</summary>
    public static void AddRows(DepthwisePass forward, int from, int to, int block, float* x, float* dy, float* result)
        => AddRows(SimdPaths.Best, forward, from, to, block, x, dy, result);

    internal static void Run(SimdPath path, DepthwisePass forward, int samples, int block, float* x, float* dy, float* result)
    {
        new Span<float>(result, forward.KernelHeight * forward.KernelWidth * Panels.Width).Clear();
        for (int n = 0; n < samples; n++) AddRows(path, forward, 0, forward.Height, block, x + n * forward.Source.SampleStride, dy + n * forward.Target.SampleStride, result);
    }

    private static void AddRows(SimdPath path, DepthwisePass forward, int from, int to, int block, float* x, float* dy, float* result)
    {
        switch (path)
        {
            case SimdPath.Vector512: Block<Lane512, Vector512<float>>(forward, from, to, block, x, dy, result); break;
            case SimdPath.Vector256: Block<Lane256, Vector256<float>>(forward, from, to, block, x, dy, result); break;
            case SimdPath.Vector128: Block<Lane128, Vector128<float>>(forward, from, to, block, x, dy, result); break;
            default: Block<LaneScalar, float>(forward, from, to, block, x, dy, result); break;
        }
    }

    private static void Block<L, V>(DepthwisePass pass, int from, int to, int block, float* x, float* dy, float* result)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        ImageLayout image = pass.Source, gradient = pass.Target;
        for (int y = from; y < to; y++)
        {
            for (int i = 0; i < pass.TapsY.Length; i++)
            {
                int row = y * pass.StepY + pass.TapsY[i];
                if ((uint)row >= (uint)image.Height) continue;
                float* source = x + (nint)row * image.Width * image.PixelStride + block * Panels.Width;
                float* target = dy + (nint)y * gradient.Width * gradient.PixelStride + block * Panels.Width;
                float* sums = result + i * pass.KernelWidth * Panels.Width;
                (int inner, int end) = pass.TapsX.Length == Taps ? pass.Inner : (pass.Width, pass.Width);
                if (inner < end)
                {
                    float* pixel = source + (nint)inner * pass.StepX * image.PixelStride;
                    for (int c = 0; c < Panels.Width; c += L.Width)
                    {
                        ThreeTaps<L, V>(pixel + pass.TapsX[0] * image.PixelStride + c, pixel + pass.TapsX[1] * image.PixelStride + c, pixel + pass.TapsX[2] * image.PixelStride + c,
                            (nint)pass.StepX * image.PixelStride, target + (nint)inner * gradient.PixelStride + c, gradient.PixelStride, end - inner, sums + c);
                    }
                }

                for (int j = 0; j < pass.TapsX.Length; j++)
                {
                    // Positions from which this tap lies within the row, but for those that are done.
                    int tap = pass.TapsX[j], first = Math.Max(0, (-tap + pass.StepX - 1) / pass.StepX), last = image.Width - 1 - tap;
                    int after = last < 0 ? 0 : Math.Min(pass.Width, last / pass.StepX + 1);
                    Some<L, V>(pass, source, target, tap, first, Math.Min(after, inner), sums + j * Panels.Width);
                    Some<L, V>(pass, source, target, tap, Math.Max(first, end), after, sums + j * Panels.Width);
                }
            }
        }
    }

    /// <summary>One tap at the positions first … end - 1 of a row.</summary>
    private static void Some<L, V>(DepthwisePass pass, float* source, float* target, int tap, int first, int end, float* sum)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        if (first >= end) return;
        nint pixel = pass.Source.PixelStride, stride = pass.Target.PixelStride;
        for (int c = 0; c < Panels.Width; c += L.Width)
            Row<L, V>(source + (nint)(first * pass.StepX + tap) * pixel + c, pass.StepX * pixel, target + first * stride + c, stride, end - first, sum + c);
    }

    /// <summary>Three taps of a row of the kernel at once, which share dy, each in two chains.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ThreeTaps<L, V>(float* x, float* y, float* z, nint xStep, float* dy, nint dyStep, int count, float* sums)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V a = L.Load(sums), b = L.Load(sums + Panels.Width), c = L.Load(sums + 2 * Panels.Width), d = default, e = default, f = default;
        for (int i = 1; i < count; i += 2)
        {
            V g = L.Load(dy), h = L.Load(dy + dyStep);
            a = L.MultiplyAdd(L.Load(x), g, a);
            b = L.MultiplyAdd(L.Load(y), g, b);
            c = L.MultiplyAdd(L.Load(z), g, c);
            d = L.MultiplyAdd(L.Load(x + xStep), h, d);
            e = L.MultiplyAdd(L.Load(y + xStep), h, e);
            f = L.MultiplyAdd(L.Load(z + xStep), h, f);
            x += 2 * xStep;
            y += 2 * xStep;
            z += 2 * xStep;
            dy += 2 * dyStep;
        }

        if (count % 2 == 1)
        {
            V g = L.Load(dy);
            a = L.MultiplyAdd(L.Load(x), g, a);
            b = L.MultiplyAdd(L.Load(y), g, b);
            c = L.MultiplyAdd(L.Load(z), g, c);
        }

        L.Store(L.Add(a, d), sums);
        L.Store(L.Add(b, e), sums + Panels.Width);
        L.Store(L.Add(c, f), sums + 2 * Panels.Width);
    }

    /// <summary>sum += Σ x · dy over a row, in four chains.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Row<L, V>(float* x, nint xStep, float* dy, nint dyStep, int count, float* sum)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V a = L.Load(sum), b = default, c = default, d = default;
        int i = 0;
        for (; i <= count - 4; i += 4)
        {
            a = L.MultiplyAdd(L.Load(x), L.Load(dy), a);
            b = L.MultiplyAdd(L.Load(x + xStep), L.Load(dy + dyStep), b);
            c = L.MultiplyAdd(L.Load(x + 2 * xStep), L.Load(dy + 2 * dyStep), c);
            d = L.MultiplyAdd(L.Load(x + 3 * xStep), L.Load(dy + 3 * dyStep), d);
            x += 4 * xStep;
            dy += 4 * dyStep;
        }

        for (; i < count; i++)
        {
            a = L.MultiplyAdd(L.Load(x), L.Load(dy), a);
            x += xStep;
            dy += dyStep;
        }

        L.Store(L.Add(L.Add(a, b), L.Add(c, d)), sum);
    }
}
