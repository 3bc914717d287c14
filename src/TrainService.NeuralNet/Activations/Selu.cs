using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = scale · elu(x, α) with the two constants for which mean 0 and variance 1 are a fixed point.</summary>
internal readonly struct Selu : IElementwise
{
    private const float Alpha = 1.6732632423543772f, Scale = 1.0507009873554805f;

    public static ComponentDescriptor<Activation> Descriptor { get; } = new("selu", _ => new ElementwiseActivation<Selu>(default))
    {
        Summary = "A scaled elu that keeps mean 0 and variance 1 through a plain stack of dense layers.",
        Advice = "Only with lecun_normal, standardized inputs and dense layers in a plain stack; alpha_dropout if any. Otherwise elu.",
        Source = "Klambauer, Unterthiner, Mayr, Hochreiter 2017, arXiv:1706.02515",
    };

    public static bool NeedsInput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.WhereLess(0f, x, x * Scale, Floats<L, V>.ExpMinusOne(x) * (Scale * Alpha));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
        => dy * Floats<L, V>.WhereLess(0f, saved, Scale, saved + (Scale * Alpha));
}
