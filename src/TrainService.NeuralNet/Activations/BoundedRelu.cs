using System.Runtime.CompilerServices;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>
/// Keras's general ReLU: y = max_value for x ≥ max_value, x for threshold &lt; x &lt; max_value, negative_slope · (x - threshold) below.
/// Asked for as relu with arguments. The gradient is 0 at the threshold and 1 at max_value.
/// </summary>
internal readonly struct BoundedRelu(float negativeSlope, float threshold, float maxValue) : IElementwise
{
    public static bool NeedsInput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.WhereLess(threshold, x, Floats<L, V>.WhereLess(maxValue, x, maxValue, x), (x - threshold) * negativeSlope);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.WhereLess(threshold, saved, Floats<L, V>.WhereLess(maxValue, saved, 0f, dy), Floats<L, V>.WhereLess(saved, threshold, dy * negativeSlope, 0f));
}
