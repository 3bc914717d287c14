using System.Runtime.CompilerServices;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Functions;

/// <summary>1 / (1 + e⁻ˣ): with z = e^-|x| it is 1 / (1 + z) for x ≥ 0 and z / (1 + z) below, so that small results keep their precision.</summary>
internal readonly struct LogisticSigmoid : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<L, V>(V x)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V one = L.Create(1f);
        V z = Exponential.Of<L, V>(L.Or(x, L.CreateBits(int.MinValue)));
        return L.Divide(L.Select(L.Less(x, L.Create(0f)), z, one), L.Add(one, z));
    }
}
