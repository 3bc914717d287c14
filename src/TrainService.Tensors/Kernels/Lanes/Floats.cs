using System.Runtime.CompilerServices;

namespace TrainService.Tensors.Kernels.Lanes;

/// <summary>
/// The floats of one register, with operators: for kernels made of formulas. A number stands for itself in every element. Plain operations, each
/// rounded once and never fused.
/// </summary>
/// <typeparam name="L">The width.</typeparam>
/// <typeparam name="V">The register.</typeparam>
internal readonly unsafe struct Floats<L, V>(V value)
    where L : struct, ILane<V>
    where V : unmanaged
{
    private readonly V _value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Floats<L, V>(float value) => new(L.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> operator +(Floats<L, V> a, Floats<L, V> b) => new(L.Add(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> operator -(Floats<L, V> a, Floats<L, V> b) => new(L.Subtract(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> operator *(Floats<L, V> a, Floats<L, V> b) => new(L.Multiply(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> operator /(Floats<L, V> a, Floats<L, V> b) => new(L.Divide(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> Load(float* source) => new(L.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> Sqrt(Floats<L, V> x) => new(L.Sqrt(x._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> Abs(Floats<L, V> x) => new(L.And(x._value, L.CreateBits(int.MaxValue)));

    /// <summary>The size of <paramref name="x"/> with the sign of <paramref name="sign"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> CopySign(Floats<L, V> x, Floats<L, V> sign)
        => new(L.Or(L.And(x._value, L.CreateBits(int.MaxValue)), L.And(sign._value, L.CreateBits(int.MinValue))));

    /// <summary>Where a &lt; b <paramref name="yes"/>, else, and where either is NaN, <paramref name="no"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> WhereLess(Floats<L, V> a, Floats<L, V> b, Floats<L, V> yes, Floats<L, V> no)
        => new(L.Select(L.Less(a._value, b._value), yes._value, no._value));

    /// <summary>The larger one; <paramref name="b"/> where either is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> Max(Floats<L, V> a, Floats<L, V> b) => WhereLess(b, a, a, b);

    /// <summary>The smaller one; <paramref name="b"/> where either is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> Min(Floats<L, V> a, Floats<L, V> b) => WhereLess(a, b, a, b);

    /// <summary>Held within bounds; NaN passes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> Clamp(Floats<L, V> x, float low, float high)
    {
        x = WhereLess(x, low, low, x);
        return WhereLess(high, x, high, x);
    }

    /// <summary>The nearest whole number, of two the even one, for |x| below 2²²; it keeps the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> Round(Floats<L, V> x) => CopySign(x + 12582912f - 12582912f, x);

    /// <summary>eˣ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> Exp(Floats<L, V> x) => new(Functions.Exponential.Of<L, V>(x._value));

    /// <summary>eˣ - 1 for x ≤ 0; for others what it is at 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> ExpMinusOne(Floats<L, V> x) => new(Functions.ExponentialLessOne.Of<L, V>(x._value));

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> Sigmoid(Floats<L, V> x) => new(Functions.LogisticSigmoid.Of<L, V>(x._value));

    /// <summary>tanh x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> Tanh(Floats<L, V> x) => new(Functions.HyperbolicTangent.Of<L, V>(x._value));

    /// <summary>ln(1 + eˣ) = max(x, 0) + ln(1 + e^-|x|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> Softplus(Floats<L, V> x)
    {
        Floats<L, V> t = Exp(CopySign(x, -1f)), u = t + 1f, excess = u - 1f;
        // ln(1 + t) = ln(u) · t / (u - 1) undoes the rounding of u (Kahan); where u is 1, it is t.
        Floats<L, V> log = WhereLess(0f, excess, new Floats<L, V>(Functions.Logarithm.Of<L, V>(u._value)) * t / excess, t);
        return log + WhereLess(x, 0f, 0f, x);
    }

    /// <summary>The standard normal distribution function.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> NormalCdf(Floats<L, V> x) => new(Functions.NormalDistribution.Of<L, V>(x._value));

    /// <summary>xᵖ for x ≥ 0, through logarithms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> Power(Floats<L, V> x, float exponent)
        => new(Functions.Exponential.Of<L, V>(L.Multiply(Functions.Logarithm.Of<L, V>(x._value), L.Create(exponent))));

    /// <summary>0 in place of numbers below the smallest normal one, which most processors are many times slower with. NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats<L, V> Flush(Floats<L, V> x) => WhereLess(Abs(x), SmallestNormal, 0f, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => L.Store(_value, destination);

    private const float SmallestNormal = 1.17549435e-38f;
}
