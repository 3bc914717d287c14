using System.Runtime.CompilerServices;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Functions;

/// <summary>
/// eˣ = 2ⁿ · eʳ with n = round(x / ln 2) and |r| ≤ ln 2 / 2, where eʳ = 1 + r + r² · P(r). P is the polynomial of degree 5 with the least greatest
/// relative error (2⁻³⁴). Subnormal results are rounded once; overflow gives infinity.
/// </summary>
internal readonly struct Exponential : IFunction
{
    /// <summary>1.5 · 2²³: adding it rounds to an integer, which then stands in the lowest bits.</summary>
    private const float Shifter = 12582912f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<L, V>(V x)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        // Beyond these the result is infinite or zero anyway, and n stays in reach of two powers of two. NaN passes both comparisons.
        x = L.Select(L.Less(x, L.Create(-104.5f)), L.Create(-104.5f), x);
        x = L.Select(L.Less(L.Create(89f), x), L.Create(89f), x);

        V p = L.Add(Reduced<L, V>(x, out V integer), L.Create(1f));

        // 2ⁿ as 2ᵃ · 2ᵇ with a = ⌊n / 2⌋, since n reaches from -151 to 128. The first product is exact.
        V half = L.ShiftBitsRight(integer, 1);
        return L.Multiply(L.Multiply(p, Power<L, V>(half)), Power<L, V>(L.SubtractBits(integer, half)));
    }

    /// <summary>eʳ - 1 and n, for x = n · ln 2 + r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Reduced<L, V>(V x, out V n)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V shifted = L.MultiplyAdd(x, L.Create(1.44269504f), L.Create(Shifter));
        n = L.SubtractBits(shifted, L.Create(Shifter));
        V whole = L.Subtract(shifted, L.Create(Shifter));
        // ln 2 in two parts; the first has few enough bits for n times it to be exact.
        V r = L.MultiplyAdd(whole, L.Create(-0.693145752f), x);
        r = L.MultiplyAdd(whole, L.Create(-1.42860677e-6f), r);

        V p = L.Create(0.000197902977f);
        p = L.MultiplyAdd(p, r, L.Create(0.00139447034f));
        p = L.MultiplyAdd(p, r, L.Create(0.00833349768f));
        p = L.MultiplyAdd(p, r, L.Create(0.0416662954f));
        p = L.MultiplyAdd(p, r, L.Create(0.166666657f));
        p = L.MultiplyAdd(p, r, L.Create(0.5f));
        return L.MultiplyAdd(p, L.Multiply(r, r), r);
    }

    /// <summary>2ⁿ of an integer n in -126 … 127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Power<L, V>(V n)
        where L : struct, ILane<V>
        where V : unmanaged
        => L.ShiftBitsLeft(L.AddBits(n, L.CreateBits(127)), 23);
}
