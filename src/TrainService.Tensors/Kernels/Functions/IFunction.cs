using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Functions;

/// <summary>A function of one float, written once for every width of vector.</summary>
internal interface IFunction
{
    static abstract V Of<L, V>(V x)
        where L : struct, ILane<V>
        where V : unmanaged;
}
