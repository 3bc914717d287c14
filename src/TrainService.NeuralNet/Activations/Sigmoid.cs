using System.Numerics;
using TrainService.Specification;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = 1 / (1 + e⁻ˣ), between 0 and 1. Gradient y (1 - y).</summary>
public readonly struct Sigmoid : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("sigmoid", _ => new ElementwiseActivation<Sigmoid>(default))
    {
        Aliases = ["logistic"],
        Summary = "1 / (1 + e^-x): squeezes x between 0 and 1.",
        Advice = "For yes-or-no outputs, with binary_crossentropy and Glorot. In hidden layers it saturates and gradients vanish.",
        Source = "Logistic function, Verhulst 1845",
    };

    public static bool NeedsInput => false;

    public Vector<float> Forward(Vector<float> x) => VectorFunctions.Sigmoid(x);

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy) => dy * (saved * (Vector<float>.One - saved));
}
