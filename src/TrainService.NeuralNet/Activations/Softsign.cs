using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x / (1 + |x|), between -1 and 1. Gradient 1 / (1 + |x|)² = (1 - |y|)².</summary>
internal readonly struct Softsign : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("softsign", _ => new ElementwiseActivation<Softsign>(default))
    {
        Summary = "x / (1 + |x|): like tanh, with slower tails.",
        Advice = "Where tanh saturates too early; rarely the best choice today.",
        Source = "Bergstra, Desjardins, Lamblin, Bengio 2009",
    };

    public static bool NeedsInput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        // Beyond 2²⁴ the quotient rounds to ±1; the limit keeps ∞ / ∞ out.
        Floats<L, V> held = Floats<L, V>.Clamp(x, -1e30f, 1e30f);
        return held / (Floats<L, V>.Abs(held) + 1f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        Floats<L, V> d = Floats<L, V>.Abs(saved) + 1f;
        return dy / d / d;
    }
}
