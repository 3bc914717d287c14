using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x · sigmoid(x). Gradient s (1 + x (1 - s)).</summary>
internal readonly struct Swish : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("swish", _ => new ElementwiseActivation<Swish>(default))
    {
        Aliases = ["silu"],
        Summary = "x sigmoid(x): a smooth relu that dips a little below 0.",
        Advice = "In deep networks, where it often beats relu; costs an exponential.",
        Source = "Ramachandran, Zoph, Le 2017, arXiv:1710.05941; Elfwing, Uchibe, Doya 2017, arXiv:1702.03118",
    };

    public static bool NeedsInput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        // Below -104 the result is 0 in float32; without a limit -∞ times 0 would be NaN.
        => Floats<L, V>.Clamp(x, -104f, float.PositiveInfinity) * Floats<L, V>.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        Floats<L, V> x = Floats<L, V>.Clamp(saved, -104f, 104f), s = Floats<L, V>.Sigmoid(x), one = 1f;
        return dy * (s * (one + (x * (one - s))));
    }
}
