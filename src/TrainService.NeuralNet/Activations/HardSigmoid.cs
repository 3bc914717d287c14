using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = min(max(x + w / 2, 0), w) / w. Gradient 1 / w strictly between -w / 2 and w / 2.</summary>
/// <param name="width">w: how far it takes from 0 to 1.</param>
internal readonly struct HardSigmoid(float width) : IElementwise
{
    internal static ArgumentSpec Width { get; } = Arg.Number(HardSigmoidWidth.Key, "How far it takes from 0 to 1: 6 in Keras 3, 5 in Keras 2.", HardSigmoidWidth.Default, min: 1e-3);

    public static ComponentDescriptor<Activation> Descriptor { get; } = new(HardSigmoidWidth.Activation,
        a => new ElementwiseActivation<HardSigmoid>(new(a.Single(HardSigmoidWidth.Key))))
    {
        Summary = "Three straight lines in place of a sigmoid.",
        Advice = "In gates of small networks, where an exponential costs too much. Keras 2 had another slope (width 5): a model that says it is of Keras 2 gets that one.",
        Source = "Courbariaux, Bengio, David 2015, arXiv:1511.00363; slope 1/6 as Keras 3",
        Arguments = [Width],
    };

    public static bool NeedsInput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.Clamp(x + (width / 2), 0f, width) / width;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.WhereLess(Floats<L, V>.Abs(saved), width / 2, dy / width, 0f);
}
