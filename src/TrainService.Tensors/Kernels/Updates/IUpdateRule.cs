using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Updates;

/// <summary>
/// What an optimizer does to some weights, given their gradient. The loops around it are <see cref="UpdateLoop"/>, for a gradient in memory, and
/// <see cref="UpdateProduct"/>, for one in registers. Plain operations, never fused, in the order in which Keras does them.
/// </summary>
internal interface IUpdateRule
{
    /// <summary>How many of the slots it uses: 0 to 3.</summary>
    static abstract int Slots { get; }

    /// <param name="w">Weights, updated.</param>
    /// <param name="g">Gradient, clipped already.</param>
    void Apply<L, V>(ref Floats<L, V> w, Floats<L, V> g, ref Floats<L, V> s0, ref Floats<L, V> s1, ref Floats<L, V> s2)
        where L : struct, ILane<V>
        where V : unmanaged;
}
