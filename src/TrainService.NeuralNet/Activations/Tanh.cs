using System.Numerics;
using TrainService.Specification;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = tanh x, between -1 and 1. Gradient 1 - y².</summary>
public readonly struct Tanh : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("tanh", _ => new ElementwiseActivation<Tanh>(default))
    {
        Summary = "The hyperbolic tangent: squeezes x between -1 and 1.",
        Advice = "Better than sigmoid in hidden layers, since its mean is 0, but it saturates too. Glorot initialization.",
        Source = "tanh x = (e^2x - 1) / (e^2x + 1)",
    };

    public static bool NeedsInput => false;

    public Vector<float> Forward(Vector<float> x) => VectorFunctions.Tanh(x);

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy) => dy * (Vector<float>.One - (saved * saved));
}
