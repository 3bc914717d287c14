using System.Numerics;
using TrainService.Specification;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = min(max(x, 0), 6). The gradient is 0 at 0 and at 6.</summary>
public readonly struct Relu6 : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("relu6", _ => new ElementwiseActivation<Relu6>(default))
    {
        Summary = "min(max(x, 0), 6): a ReLU that cannot grow beyond 6.",
        Advice = "Where small integers or 16-bit floats will hold the results later, as in MobileNet.",
        Source = "Krizhevsky 2010, Convolutional deep belief networks on CIFAR-10",
    };

    public static bool NeedsInput => false;

    public static (float Low, float High)? Bounds => (0f, 6f);

    public Vector<float> Forward(Vector<float> x) => VectorFunctions.Clamp(x, 0f, 6f);

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy)
        => Vector.ConditionalSelect(
            Vector.LessThanOrEqual(saved, Vector<float>.Zero) | Vector.GreaterThanOrEqual(saved, new Vector<float>(6f)),
            Vector<float>.Zero,
            dy);
}
