using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x for x &gt; 0, negative_slope · x otherwise. The gradient at 0 is the slope.</summary>
internal readonly struct LeakyRelu(float negativeSlope) : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("leaky_relu",
        a => new ElementwiseActivation<LeakyRelu>(new(a.Single("negative_slope"))))
    {
        KerasName = "LeakyReLU",
        Summary = "x where it is positive, a fraction of x elsewhere.",
        Advice = "Instead of relu when units die; 0.2 often does better than 0.01. As a layer of its own its slope is 0.3, as in Keras.",
        Source = "Maas, Hannun, Ng 2013, Rectifier nonlinearities improve neural network acoustic models",
        Arguments = [Arg.Number("negative_slope", "Slope for negative x.", 0.2, min: 0) with { Aliases = ["alpha"] }],
    };

    public static bool NeedsInput => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.WhereLess(0f, x, x, x * negativeSlope);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.WhereLess(0f, saved, dy, dy * negativeSlope);
}
