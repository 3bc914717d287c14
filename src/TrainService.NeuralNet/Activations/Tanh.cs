using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = tanh x, between -1 and 1. Gradient 1 - y².</summary>
internal readonly struct Tanh : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("tanh", _ => new ElementwiseActivation<Tanh>(default))
    {
        Summary = "The hyperbolic tangent: squeezes x between -1 and 1.",
        Advice = "Better than sigmoid in hidden layers, since its mean is 0, but it saturates too. Glorot initialization.",
        Source = "tanh x = (e^2x - 1) / (e^2x + 1)",
    };

    public static bool NeedsInput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.Tanh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
        => dy * ((Floats<L, V>)1f - (saved * saved));
}
