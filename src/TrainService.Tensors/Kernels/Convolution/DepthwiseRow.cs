using System.Runtime.CompilerServices;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Convolution;

/// <summary>
/// A row of positions of a depthwise convolution with at most 3 by 3 taps, all of them within the row: the weights stay in registers. The order of
/// additions is that of <see cref="DepthwiseProduct"/>.
/// </summary>
internal static unsafe class DepthwiseRow
{
    /// <summary>What a row works on; strides in floats.</summary>
    private ref struct Row
    {
        /// <summary>Where the first tap of each row of taps sees the first position; rows beyond the border are left out.</summary>
        public float* A, B, C;

        /// <summary>The first weight of each of these rows.</summary>
        public float* WeightsA, WeightsB, WeightsC;

        public float* Target, Bias;

        public nint Tap, WeightStep, Step, TargetStep;

        public int Count;

        public bool Accumulate;
    }

    /// <summary><paramref name="count"/> positions from <paramref name="x"/> on of row <paramref name="y"/>.</summary>
    public static void Run<L, V>(DepthwisePass pass, int y, int x, int count, float* source, float* weights, float* target, float* bias, bool accumulate)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        ImageLayout image = pass.Source;
        Row row = new()
        {
            Target = target,
            Bias = bias,
            Tap = (nint)pass.Window.TapX * image.PixelStride,
            WeightStep = (nint)pass.Window.KernelStep * Panels.Width,
            Step = (nint)pass.StepX * image.PixelStride,
            TargetStep = (nint)pass.TargetStepX * pass.Target.PixelStride,
            Count = count,
            Accumulate = accumulate,
        };
        int rows = 0;
        int[] taps = pass.TapsY;
        for (int i = 0; i < taps.Length; i++)
        {
            int at = y * pass.StepY + taps[i];
            if ((uint)at >= (uint)image.Height) continue;
            float* start = source + ((nint)at * image.Width + x * pass.StepX + pass.TapsX[0]) * image.PixelStride;
            float* first = weights + (nint)(pass.KernelY[i] * pass.KernelWidth + pass.KernelX[0]) * Panels.Width;
            switch (rows++)
            {
                case 0:
                    row.A = start;
                    row.WeightsA = first;
                    break;
                case 1:
                    row.B = start;
                    row.WeightsB = first;
                    break;
                default:
                    row.C = start;
                    row.WeightsC = first;
                    break;
            }
        }

        switch (rows * 4 + pass.TapsX.Length)
        {
            case 5: Positions<L, V, N1, N1>(row); break;
            case 6: Positions<L, V, N1, N2>(row); break;
            case 7: Positions<L, V, N1, N3>(row); break;
            case 9: Positions<L, V, N2, N1>(row); break;
            case 10: Positions<L, V, N2, N2>(row); break;
            case 11: Positions<L, V, N2, N3>(row); break;
            case 13: Positions<L, V, N3, N1>(row); break;
            case 14: Positions<L, V, N3, N2>(row); break;
            case 15: Positions<L, V, N3, N3>(row); break;
            default: Empty<L, V>(row); break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Positions<L, V, TRows, TColumns>(in Row row)
        where L : struct, ILane<V>
        where V : unmanaged
        where TRows : struct, ICount
        where TColumns : struct, ICount
    {
        float* a = row.A, b = row.B, c = row.C, target = row.Target;
        nint tap = row.Tap, weight = row.WeightStep, step = row.Step, targetStep = row.TargetStep;
        V a0 = L.Load(row.WeightsA), a1 = default, a2 = default, b0 = default, b1 = default, b2 = default, c0 = default, c1 = default, c2 = default;
        if (TColumns.Value > 1) a1 = L.Load(row.WeightsA + weight);
        if (TColumns.Value > 2) a2 = L.Load(row.WeightsA + 2 * weight);
        if (TRows.Value > 1)
        {
            b0 = L.Load(row.WeightsB);
            if (TColumns.Value > 1) b1 = L.Load(row.WeightsB + weight);
            if (TColumns.Value > 2) b2 = L.Load(row.WeightsB + 2 * weight);
        }

        if (TRows.Value > 2)
        {
            c0 = L.Load(row.WeightsC);
            if (TColumns.Value > 1) c1 = L.Load(row.WeightsC + weight);
            if (TColumns.Value > 2) c2 = L.Load(row.WeightsC + 2 * weight);
        }

        bool accumulate = row.Accumulate;
        V start = row.Bias != null ? L.Load(row.Bias) : default;
        for (int i = row.Count; i > 0; i--)
        {
            V sum = accumulate ? L.Load(target) : start;
            sum = L.MultiplyAdd(L.Load(a), a0, sum);
            if (TColumns.Value > 1) sum = L.MultiplyAdd(L.Load(a + tap), a1, sum);
            if (TColumns.Value > 2) sum = L.MultiplyAdd(L.Load(a + 2 * tap), a2, sum);
            a += step;
            if (TRows.Value > 1)
            {
                sum = L.MultiplyAdd(L.Load(b), b0, sum);
                if (TColumns.Value > 1) sum = L.MultiplyAdd(L.Load(b + tap), b1, sum);
                if (TColumns.Value > 2) sum = L.MultiplyAdd(L.Load(b + 2 * tap), b2, sum);
                b += step;
            }

            if (TRows.Value > 2)
            {
                sum = L.MultiplyAdd(L.Load(c), c0, sum);
                if (TColumns.Value > 1) sum = L.MultiplyAdd(L.Load(c + tap), c1, sum);
                if (TColumns.Value > 2) sum = L.MultiplyAdd(L.Load(c + 2 * tap), c2, sum);
                c += step;
            }

            L.Store(sum, target);
            target += targetStep;
        }
    }

    /// <summary>No row of taps lies within the image.</summary>
    private static void Empty<L, V>(in Row row)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        if (row.Accumulate) return;
        float* target = row.Target;
        for (int i = 0; i < row.Count; i++, target += row.TargetStep) L.Store(row.Bias != null ? L.Load(row.Bias) : default, target);
    }
}
