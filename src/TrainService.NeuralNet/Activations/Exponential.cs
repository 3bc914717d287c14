using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = eˣ, its own gradient.</summary>
internal readonly struct Exponential : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("exponential",
        _ => new ElementwiseActivation<Exponential>(default))
    {
        Summary = "e^x.",
        Advice = "For outputs that are rates, with the poisson loss. Explodes in hidden layers.",
        Source = "y = e^x",
    };

    public static bool NeedsInput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.Exp(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
        => dy * saved;
}
