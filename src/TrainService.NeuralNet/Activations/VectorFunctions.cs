using System.Numerics;
using System.Runtime.CompilerServices;

namespace TrainService.NeuralNet.Activations;

/// <summary>
/// Exponentials and their kin for whole vectors in float32, within two units in the last place. NaN stays NaN. Every step is an IEEE
/// operation rounded once, so that all processors give the same bits. Polynomials: minimax fits of our own (iteratively reweighted least
/// squares).
/// </summary>
internal static class VectorFunctions
{
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts: the first has so few bits that n · Ln2High is exact (Cody and Waite 1980).
    private const float Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;

    /// <summary>eˣ. Infinity above 88.73, denormal below -87.34, zero below -103.98.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> Exp(Vector<float> x)
    {
        Vector<float> p = Reduced(Clamp(x, -104.5f, 89f), out Vector<int> n);
        // Two factors, as 2ⁿ alone would overflow or vanish at both ends of the range.
        Vector<int> half = n >> 1;
        return (Vector<float>.One + p) * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    /// <summary>eˣ - 1 for x ≤ 0, exact to the last places near 0 too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> ExpMinusOne(Vector<float> x)
    {
        Vector<float> p = Reduced(Clamp(x, -30f, 0f), out Vector<int> n);
        Vector<float> power = PowerOfTwo(n);
        return Vector.FusedMultiplyAdd(power, p, power - Vector<float>.One);
    }

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> Sigmoid(Vector<float> x) => Vector<float>.One / (Vector<float>.One + Exp(-x));

    /// <summary>tanh|x| = -t / (2 + t) with t = e^(-2|x|) - 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> Tanh(Vector<float> x)
    {
        Vector<float> t = ExpMinusOne(new Vector<float>(-2f) * Vector.Abs(x));
        return Vector.CopySign(-t / (new Vector<float>(2f) + t), x);
    }

    /// <summary>ln(1 + eˣ) = max(x, 0) + ln(1 + e^-|x|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> Softplus(Vector<float> x)
    {
        Vector<float> one = Vector<float>.One, t = Exp(-Vector.Abs(x)), u = one + t, excess = u - one;
        // ln(1 + t) = ln(u) · t / (u - 1) undoes the rounding of u (Kahan); where u is 1, it is t.
        Vector<float> log = Vector.ConditionalSelect(Vector.Equals(excess, Vector<float>.Zero), t, Vector.Log(u) * t / excess);
        return log + Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), Vector<float>.Zero, x);
    }

    /// <summary>The standard normal distribution function Φ(x) = erfc(-x / √2) / 2; below -13 it stays at Φ(-13) ≈ 6e-39.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> NormalCdf(Vector<float> x)
    {
        Vector<float> z = Clamp(Vector.Abs(x) * new Vector<float>(0.707106781f), 0f, 9.2f), s = z * z;
        Vector<float> near = new(7.853857823647559e-05f);
        near = MultiplyAdd(near, s, -0.0008010192541405559f);
        near = MultiplyAdd(near, s, 0.005188327748328447f);
        near = MultiplyAdd(near, s, -0.026853810995817184f);
        near = MultiplyAdd(near, s, 0.1128358542919159f);
        near = MultiplyAdd(near, s, -0.3761262595653534f);
        near = MultiplyAdd(near, s, 1.1283791065216064f);       // erf(z) = z · near on [0, 1]
        Vector<float> far = new(-2.982622815395075e-09f);
        far = MultiplyAdd(far, z, 1.7199684521074232e-07f);
        far = MultiplyAdd(far, z, -4.438546511664754e-06f);
        far = MultiplyAdd(far, z, 6.798780668759719e-05f);
        far = MultiplyAdd(far, z, -0.0006927578360773623f);
        far = MultiplyAdd(far, z, 0.005002608057111502f);
        far = MultiplyAdd(far, z, -0.026756908744573593f);
        far = MultiplyAdd(far, z, 0.11025681346654892f);
        far = MultiplyAdd(far, z, 0.6319419145584106f);
        far = MultiplyAdd(far, z, 1.1300415992736816f);
        far = MultiplyAdd(far, z, -0.0002514597726985812f);     // erfc(z) = e^-far on [1, 9.2]
        Vector<float> one = Vector<float>.One, half = new(0.5f);
        Vector<float> below = half * Vector.ConditionalSelect(Vector.LessThan(z, one), one - (z * near), Exp(-far));
        return Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), below, one - below);
    }

    /// <summary>x held within bounds; NaN fails both comparisons and passes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> Clamp(Vector<float> x, float low, float high)
    {
        Vector<float> l = new(low), h = new(high);
        x = Vector.ConditionalSelect(Vector.LessThan(x, l), l, x);
        return Vector.ConditionalSelect(Vector.GreaterThan(x, h), h, x);
    }

    // x = n · ln 2 + r with |r| ≤ ln 2 / 2; gives eʳ - 1 = r + r² · P(r), P of degree 5 with relative error 2e-10.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Reduced(Vector<float> x, out Vector<int> n)
    {
        Vector<float> whole = Vector.Round(x * new Vector<float>(Log2E));
        n = Vector.ConvertToInt32Native(whole);
        Vector<float> r = Vector.FusedMultiplyAdd(whole, new Vector<float>(-Ln2High), x);
        r = Vector.FusedMultiplyAdd(whole, new Vector<float>(-Ln2Low), r);
        Vector<float> p = new(1.9913601863663644e-04f);
        p = MultiplyAdd(p, r, 1.3941024662926793e-03f);
        p = MultiplyAdd(p, r, 8.33327416330576e-03f);
        p = MultiplyAdd(p, r, 4.166635498404503e-02f);
        p = MultiplyAdd(p, r, 1.666666716337204e-01f);
        p = MultiplyAdd(p, r, 0.5f);
        return Vector.FusedMultiplyAdd(r * r, p, r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> MultiplyAdd(Vector<float> a, Vector<float> b, float c)
        => Vector.FusedMultiplyAdd(a, b, new Vector<float>(c));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> PowerOfTwo(Vector<int> n) => Vector.AsVectorSingle((n + new Vector<int>(127)) << 23);
}
