using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = ln(1 + eˣ). Gradient sigmoid(x) = 1 - e⁻ʸ.</summary>
internal readonly struct Softplus : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("softplus", _ => new ElementwiseActivation<Softplus>(default))
    {
        Summary = "ln(1 + e^x): a smooth relu, always positive.",
        Advice = "For outputs that must be positive, such as a rate or a standard deviation.",
        Source = "Dugas, Bengio, Bélisle, Nadeau, Garcia 2001",
    };

    public static bool NeedsInput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.Softplus(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
        => ((Floats<L, V>)0f - dy) * Floats<L, V>.ExpMinusOne((Floats<L, V>)0f - saved);
}
