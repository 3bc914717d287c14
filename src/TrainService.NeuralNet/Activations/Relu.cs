using System.Numerics;
using TrainService.Specification;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = max(x, 0). The gradient at 0 is 0.</summary>
public readonly struct Relu : IElementwise
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

    public Vector<float> Forward(Vector<float> x)
        => Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), Vector<float>.Zero, x);

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy)
        => Vector.ConditionalSelect(Vector.LessThanOrEqual(saved, Vector<float>.Zero), Vector<float>.Zero, dy);

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
