using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Benchmarks.Kernels;

/// <summary>What the processor can do at best: twelve independent chains of fused multiply-adds that never leave their registers.</summary>
internal static class FmaPeak
{
    private const int Chains = 12, Rounds = 20_000;

    /// <summary>FLOPs of one call of <see cref="Run"/>.</summary>
    public static double Flops(SimdPath path) => 2.0 * Chains * Rounds * Width(path);

    public static void Run(SimdPath path) => Sink = path switch
    {
        SimdPath.Vector512 => Chain<Lane512, Vector512<float>>(0.999f).ToScalar(),
        SimdPath.Vector256 => Chain<Lane256, Vector256<float>>(0.999f).ToScalar(),
        SimdPath.Vector128 => Chain<Lane128, Vector128<float>>(0.999f).ToScalar(),
        _ => Chain<LaneScalar, float>(0.999f),
    };

    public static float Sink { get; private set; }

    private static int Width(SimdPath path) => path switch
    {
        SimdPath.Vector512 => 16,
        SimdPath.Vector256 => 8,
        SimdPath.Vector128 => 4,
        _ => 1,
    };

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static V Chain<L, V>(float factor)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V x = L.Create(factor), y = L.Create(1e-7f);
        V a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int round = 0; round < Rounds; round++)
        {
            a = L.MultiplyAdd(a, x, y);
            b = L.MultiplyAdd(b, x, y);
            c = L.MultiplyAdd(c, x, y);
            d = L.MultiplyAdd(d, x, y);
            e = L.MultiplyAdd(e, x, y);
            f = L.MultiplyAdd(f, x, y);
            g = L.MultiplyAdd(g, x, y);
            h = L.MultiplyAdd(h, x, y);
            i = L.MultiplyAdd(i, x, y);
            j = L.MultiplyAdd(j, x, y);
            k = L.MultiplyAdd(k, x, y);
            l = L.MultiplyAdd(l, x, y);
        }

        V low = L.Add(L.Add(L.Add(a, b), L.Add(c, d)), L.Add(e, f)), high = L.Add(L.Add(L.Add(g, h), L.Add(i, j)), L.Add(k, l));
        return L.Add(low, high);
    }
}
