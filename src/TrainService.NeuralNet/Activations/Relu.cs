using System.Runtime.CompilerServices;
using TrainService.Specification;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = max(x, 0). The gradient at 0 is 0.</summary>
internal readonly struct Relu : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("relu", Create)
    {
        KerasName = "ReLU",
        Summary = "max(x, 0): passes what is positive, silences the rest.",
        Advice = "Fast and a sound default for convolutional networks, with He initialization; units can die: then take leaky_relu or elu.",
        Source = "Glorot, Bordes, Bengio 2011, Deep sparse rectifier neural networks",
        Arguments =
        [
            Arg.Number("negative_slope", "Slope below the threshold.", 0, min: 0),
            Arg.Number("max_value", "Upper limit of y; null for none.", min: 0, nullable: true),
            Arg.Number("threshold", "x up to here counts as negative.", 0, min: 0),
        ],
    };

    public static bool NeedsInput => false;

    public static (float Low, float High)? Bounds => (0f, float.PositiveInfinity);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.WhereLess(x, 0f, 0f, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.WhereLess(0f, saved, dy, 0f);

    private static Activation Create(Arguments a)
    {
        (float slope, float threshold, double? most) = (a.Single("negative_slope"), a.Single("threshold"), a.OptionalNumber("max_value"));
        return (slope, threshold, most) switch
        {
            (0, 0, null) => new ElementwiseActivation<Relu>(default),
            (0, 0, 6) => new ElementwiseActivation<Relu6>(default),
            (_, 0, null) => new ElementwiseActivation<LeakyRelu>(new(slope)),
            _ => new ElementwiseActivation<BoundedRelu>(new(slope, threshold, (float)(most ?? double.PositiveInfinity))),
        };
    }
}
