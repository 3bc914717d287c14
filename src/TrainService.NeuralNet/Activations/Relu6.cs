using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = min(max(x, 0), 6). The gradient is 0 at 0 and at 6.</summary>
internal readonly struct Relu6 : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("relu6", _ => new ElementwiseActivation<Relu6>(default))
    {
        Summary = "min(max(x, 0), 6): a ReLU that cannot grow beyond 6.",
        Advice = "Where small integers or 16-bit floats will hold the results later, as in MobileNet.",
        Source = "Krizhevsky 2010, Convolutional deep belief networks on CIFAR-10",
    };

    public static bool NeedsInput => false;

    public static (float Low, float High)? Bounds => (0f, 6f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.Clamp(x, 0f, 6f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.WhereLess(0f, saved, Floats<L, V>.WhereLess(saved, 6f, dy, 0f), 0f);
}
