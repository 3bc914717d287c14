using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels;

/// <summary>Finds NaN and infinity: 0 · x is 0 for every other x, and NaN stays in a sum for good.</summary>
internal static unsafe class FiniteCheck
{
    public static bool AnyNonFinite(SimdPath path, ReadOnlySpan<float> x)
    {
        fixed (float* start = x)
        {
            int whole = 0;
            float found = path switch
            {
                SimdPath.Vector512 => Whole<Lane512, Vector512<float>>(start, x.Length, ref whole),
                SimdPath.Vector256 => Whole<Lane256, Vector256<float>>(start, x.Length, ref whole),
                SimdPath.Vector128 => Whole<Lane128, Vector128<float>>(start, x.Length, ref whole),
                _ => 0f,
            };
            for (int i = whole; i < x.Length; i++) found += 0f * start[i];
            return float.IsNaN(found);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Whole<L, V>(float* x, int length, ref int whole)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V zero = L.Create(0f), a = zero, b = zero, c = zero, d = zero;
        int step = 4 * L.Width, i = 0;
        for (; i <= length - step; i += step)
        {
            a = L.MultiplyAdd(zero, L.Load(x + i), a);
            b = L.MultiplyAdd(zero, L.Load(x + i + L.Width), b);
            c = L.MultiplyAdd(zero, L.Load(x + i + 2 * L.Width), c);
            d = L.MultiplyAdd(zero, L.Load(x + i + 3 * L.Width), d);
        }

        whole = i;
        V all = L.Add(L.Add(a, b), L.Add(c, d));
        float* elements = stackalloc float[16];
        L.Store(all, elements);
        float sum = 0;
        for (int j = 0; j < L.Width; j++) sum += elements[j];
        return sum;
    }
}
