using System.Runtime.CompilerServices;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Functions;

/// <summary>
/// ln x = e · ln 2 + ln(1 + f) with x = 2ᵉ · (1 + f) and 1 + f in √½ … √2, where ln(1 + f) = f - f² / 2 + f³ · P(f). P is the polynomial of degree 8
/// with the least greatest relative error (2⁻³⁰). ln 0 = -∞, of a negative number NaN.
/// </summary>
internal readonly struct Logarithm : IFunction
{
    private const float SmallestNormal = 1.17549435e-38f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<L, V>(V x)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V subnormal = L.Less(x, L.Create(SmallestNormal));
        V y = L.Select(subnormal, L.Multiply(x, L.Create(8388608f)), x);
        V e = L.ShiftBitsRight(L.SubtractBits(y, L.Create(0.707106769f)), 23);
        V f = L.Subtract(L.SubtractBits(y, L.ShiftBitsLeft(e, 23)), L.Create(1f));
        e = L.Subtract(L.IntegerToFloat(e), L.And(subnormal, L.Create(23f)));

        V p = L.Create(0.0674665123f);
        p = L.MultiplyAdd(p, f, L.Create(-0.116756544f));
        p = L.MultiplyAdd(p, f, L.Create(0.118881591f));
        p = L.MultiplyAdd(p, f, L.Create(-0.124055885f));
        p = L.MultiplyAdd(p, f, L.Create(0.142195523f));
        p = L.MultiplyAdd(p, f, L.Create(-0.166679963f));
        p = L.MultiplyAdd(p, f, L.Create(0.200021192f));
        p = L.MultiplyAdd(p, f, L.Create(-0.250000089f));
        p = L.MultiplyAdd(p, f, L.Create(0.333333135f));

        // From the smallest term up; ln 2 in two parts, of which the first times e is exact.
        V square = L.Multiply(f, f);
        V sum = L.MultiplyAdd(L.Multiply(f, square), p, L.Multiply(e, L.Create(1.42860677e-6f)));
        sum = L.MultiplyAdd(square, L.Create(-0.5f), sum);
        V result = L.MultiplyAdd(e, L.Create(0.693145752f), L.Add(sum, f));

        result = L.Select(L.Less(x, L.Create(float.PositiveInfinity)), result, L.Add(x, L.Create(float.PositiveInfinity)));
        result = L.Select(L.Less(L.Create(0f), x), result, L.Select(L.Less(x, L.Create(0f)), L.Create(float.NaN), result));
        return L.Select(Zero<L, V>(x), L.Create(float.NegativeInfinity), result);
    }

    /// <summary>Mask of x = 0, of either sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Zero<L, V>(V x)
        where L : struct, ILane<V>
        where V : unmanaged
        => L.Less(L.And(x, L.CreateBits(0x7FFFFFFF)), L.Create(float.Epsilon));
}
