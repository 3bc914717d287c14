using System.Runtime.CompilerServices;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Functions;

/// <summary>
/// erf x = 2/√π ∫₀ˣ exp(-t²) dt: x + x · P(x²) for |x| &lt; 1, else 1 - exp(-Q(|x|)), where Q fits -ln(1 - erf) on 1 … 4. P and Q are the polynomials of
/// degree 6 with the least greatest error relative to erf (2⁻²⁹·⁷, 2⁻²⁹·⁸). From 4 on erf is 1 in float32.
/// </summary>
internal readonly struct ErrorFunction : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<L, V>(V x)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V sign = L.And(x, L.CreateBits(int.MinValue)), size = L.And(x, L.CreateBits(int.MaxValue));

        V square = L.Multiply(x, x);
        V p = L.Create(7.88912294e-5f);
        p = L.MultiplyAdd(p, square, L.Create(-0.000802084222f));
        p = L.MultiplyAdd(p, square, L.Create(0.00518953567f));
        p = L.MultiplyAdd(p, square, L.Create(-0.0268544443f));
        p = L.MultiplyAdd(p, square, L.Create(0.112836003f));
        p = L.MultiplyAdd(p, square, L.Create(-0.37612626f));
        p = L.MultiplyAdd(p, square, L.Create(0.128379166f));
        V small = L.MultiplyAdd(p, size, size);

        V t = L.Select(L.Less(L.Create(4f), size), L.Create(4f), size);
        V q = L.Create(-0.000186378937f);
        q = L.MultiplyAdd(q, t, L.Create(0.00294765574f));
        q = L.MultiplyAdd(q, t, L.Create(-0.0218380541f));
        q = L.MultiplyAdd(q, t, L.Create(0.10310673f));
        q = L.MultiplyAdd(q, t, L.Create(0.638144851f));
        q = L.MultiplyAdd(q, t, L.Create(1.12708914f));
        q = L.MultiplyAdd(q, t, L.Create(0.000341526757f));
        V large = L.Subtract(L.Create(1f), Exponential.Of<L, V>(L.Subtract(L.Create(0f), q)));

        return L.Or(L.Select(L.Less(size, L.Create(1f)), small, large), sign);
    }
}
