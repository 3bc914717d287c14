using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Convolution;

/// <summary>The gradient of a depthwise kernel: dW[tap] = Σ over samples and positions of x at the tap · dy, 16 channels at a time, in a fixed order.</summary>
public static unsafe class DepthwiseGradient
{
    /// <summary>Of the channels 16 · block …, over the samples 0 … samples - 1.</summary>
    /// <param name="forward">The convolution.</param>
    /// <param name="result">[kernel height][kernel width][16].</param>
    /// <param name="accumulate">Add to what is in the result.</param>
    public static void Run(DepthwisePass forward, int samples, int block, float* x, float* dy, float* result, bool accumulate = false)
        => Run(SimdPaths.Best, forward, samples, block, x, dy, result, accumulate);

    internal static void Run(SimdPath path, DepthwisePass forward, int samples, int block, float* x, float* dy, float* result, bool accumulate = false)
    {
        if (!accumulate) new Span<float>(result, forward.KernelHeight * forward.KernelWidth * Panels.Width).Clear();
        switch (path)
        {
            case SimdPath.Vector512: Block<Lane512, Vector512<float>>(forward, samples, block, x, dy, result); break;
            case SimdPath.Vector256: Block<Lane256, Vector256<float>>(forward, samples, block, x, dy, result); break;
            case SimdPath.Vector128: Block<Lane128, Vector128<float>>(forward, samples, block, x, dy, result); break;
            default: Block<LaneScalar, float>(forward, samples, block, x, dy, result); break;
        }
    }

    private static void Block<L, V>(DepthwisePass pass, int samples, int block, float* x, float* dy, float* result)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        ImageLayout image = pass.Source, gradient = pass.Target;
        for (int n = 0; n < samples; n++)
        {
            for (int y = 0; y < pass.Height; y++)
            {
                for (int i = 0; i < pass.TapsY.Length; i++)
                {
                    int row = y * pass.StepY + pass.TapsY[i];
                    if ((uint)row >= (uint)image.Height) continue;
                    float* source = x + n * image.SampleStride + (nint)row * image.Width * image.PixelStride + block * Panels.Width;
                    float* target = dy + n * gradient.SampleStride + (nint)y * gradient.Width * gradient.PixelStride + block * Panels.Width;
                    for (int j = 0; j < pass.TapsX.Length; j++)
                    {
                        // Positions from which this tap lies within the row.
                        int tap = pass.TapsX[j], first = Math.Max(0, (-tap + pass.StepX - 1) / pass.StepX), last = image.Width - 1 - tap;
                        int end = last < 0 ? 0 : Math.Min(pass.Width, last / pass.StepX + 1);
                        if (first >= end) continue;
                        float* sum = result + (i * pass.KernelWidth + j) * Panels.Width;
                        float* pixel = source + (nint)(first * pass.StepX + tap) * image.PixelStride, from = target + (nint)first * gradient.PixelStride;
                        for (int c = 0; c < Panels.Width; c += L.Width)
                            Row<L, V>(pixel + c, (nint)pass.StepX * image.PixelStride, from + c, gradient.PixelStride, end - first, sum + c);
                    }
                }
            }
        }
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
