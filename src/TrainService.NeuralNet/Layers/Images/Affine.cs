using System.Runtime.CompilerServices;
using TrainService.NeuralNet.Activations;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Layers.Images;

/// <summary>y = x · scale + offset, number by number.</summary>
internal readonly struct Affine(float scale, float offset) : IElementwise
{
    public static bool NeedsInput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        => (x * scale) + offset;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
        => dy * scale;
}
