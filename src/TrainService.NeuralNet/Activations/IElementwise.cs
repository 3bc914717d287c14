using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>
/// The mathematics of an activation that treats each element alone; the loops around it are in
/// <see cref="ElementwiseActivation{TKernel}"/>. A struct, so that each has loops of its own, compiled without calls. NaN must stay NaN: a
/// comparison that NaN fails has to choose x.
/// </summary>
internal interface IElementwise
{
    /// <summary>True when the gradient needs x, false when it can be had from y.</summary>
    static abstract bool NeedsInput { get; }

    /// <summary>Set when f holds x within bounds and does nothing else.</summary>
    static virtual (float Low, float High)? Bounds => null;

    /// <summary>y = f(x).</summary>
    Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged;

    /// <summary>dx = dy · f'(x).</summary>
    /// <param name="saved">x when <see cref="NeedsInput"/>, else y.</param>
    Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged;
}
