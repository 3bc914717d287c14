using System.Numerics;
using TrainService.Specification;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = eˣ, its own gradient.</summary>
public readonly struct Exponential : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("exponential",
        _ => new ElementwiseActivation<Exponential>(default))
    {
        Summary = "e^x.",
        Advice = "For outputs that are rates, with the poisson loss. Explodes in hidden layers.",
        Source = "y = e^x",
    };

    public static bool NeedsInput => false;

    public Vector<float> Forward(Vector<float> x) => VectorFunctions.Exp(x);

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy) => dy * saved;
}
