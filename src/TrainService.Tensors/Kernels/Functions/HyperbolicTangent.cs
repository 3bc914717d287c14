using System.Runtime.CompilerServices;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Functions;

/// <summary>
/// tanh |x| = 1 - 2 / (e^2|x| + 1) from 0.625 on; below, x + x³ · P(x²), where P is the polynomial of degree 4 with the least greatest relative error
/// (2⁻²⁸). The sign is put back at the end.
/// </summary>
internal readonly struct HyperbolicTangent : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<L, V>(V x)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V sign = L.And(x, L.CreateBits(int.MinValue)), size = L.And(x, L.CreateBits(int.MaxValue));

        V square = L.Multiply(x, x);
        V p = L.Create(-0.00571704563f);
        p = L.MultiplyAdd(p, square, L.Create(0.020650588f));
        p = L.MultiplyAdd(p, square, L.Create(-0.0537434965f));
        p = L.MultiplyAdd(p, square, L.Create(0.133314908f));
        p = L.MultiplyAdd(p, square, L.Create(-0.333332837f));
        V small = L.MultiplyAdd(L.Multiply(p, square), size, size);

        V one = L.Create(1f);
        V large = L.Subtract(one, L.Divide(L.Create(2f), L.Add(Exponential.Of<L, V>(L.Add(size, size)), one)));
        return L.Or(L.Select(L.Less(size, L.Create(0.625f)), small, large), sign);
    }
}
