using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x · Φ(x), Φ the standard normal distribution function. Gradient Φ(x) + x φ(x).</summary>
internal readonly struct Gelu : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("gelu", a => a.Flag("approximate")
        ? new ElementwiseActivation<GeluTanh>(default)
        : new ElementwiseActivation<Gelu>(default))
    {
        Summary = "x times the probability that a standard normal lies below x.",
        Advice = "In transformers, and in deep networks where relu is too coarse.",
        Source = "Hendrycks, Gimpel 2016, arXiv:1606.08415",
        Arguments = [Arg.Flag("approximate", "Use the tanh formula instead of the exact distribution function.", false)],
    };

    public static bool NeedsInput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        => Held(x) * Floats<L, V>.NormalCdf(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        Floats<L, V> x = Held(saved), density = Floats<L, V>.Exp(x * x * -0.5f) * 0.398942280f;
        return dy * (Floats<L, V>.NormalCdf(x) + (x * density));
    }

    // Below -14 the result is 0 in float32; without a limit -∞ times 0 would be NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Floats<L, V> Held<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.Clamp(x, -14f, float.PositiveInfinity);
}
