using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = 1 / (1 + e⁻ˣ), between 0 and 1. Gradient y (1 - y).</summary>
internal readonly struct Sigmoid : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("sigmoid", _ => new ElementwiseActivation<Sigmoid>(default))
    {
        Aliases = ["logistic"],
        Summary = "1 / (1 + e^-x): squeezes x between 0 and 1.",
        Advice = "For yes-or-no outputs, with binary_crossentropy and Glorot. In hidden layers it saturates and gradients vanish.",
        Source = "Logistic function, Verhulst 1845",
    };

    public static bool NeedsInput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
        => dy * (saved * ((Floats<L, V>)1f - saved));
}
