using System.Runtime.CompilerServices;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Functions;

/// <summary>eˣ - 1 = 2ⁿ (eʳ - 1) + (2ⁿ - 1) for x ≤ 0, exact to the last places near 0 too; above 0 it stays 0.</summary>
internal readonly struct ExponentialLessOne : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<L, V>(V x)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        // Below -30 the result is -1 in float32. NaN passes both comparisons.
        x = L.Select(L.Less(x, L.Create(-30f)), L.Create(-30f), x);
        x = L.Select(L.Less(L.Create(0f), x), L.Create(0f), x);
        V p = Exponential.Reduced<L, V>(x, out V n), power = Exponential.Power<L, V>(n);
        return L.MultiplyAdd(power, p, L.Subtract(power, L.Create(1f)));
    }
}
