using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x · tanh(ln(1 + eˣ)). With e = eˣ and n = e (e + 2): tanh(softplus x) = n / (n + 2).</summary>
internal readonly struct Mish : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("mish", _ => new ElementwiseActivation<Mish>(default))
    {
        Summary = "x tanh(ln(1 + e^x)): a smooth relu that dips a little below 0.",
        Advice = "Much like swish, and as costly; worth a try in deep convolutional networks.",
        Source = "Misra 2019, arXiv:1908.08681",
    };

    public static bool NeedsInput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.Clamp(x, -104f, float.PositiveInfinity) * Gate(x, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        Floats<L, V> gate = Gate(saved, out Floats<L, V> e), one = 1f;
        Floats<L, V> x = Floats<L, V>.Clamp(saved, -104f, 20f), sigmoid = e / (one + e);
        return dy * (gate + (x * (one - (gate * gate)) * sigmoid));
    }

    // From 20 on the gate is 1 in float32, and e² stays finite.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Floats<L, V> Gate<L, V>(Floats<L, V> x, out Floats<L, V> e)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        e = Floats<L, V>.Exp(Floats<L, V>.Clamp(x, float.NegativeInfinity, 20f));
        Floats<L, V> n = e * (e + 2f);
        return n / (n + 2f);
    }
}
