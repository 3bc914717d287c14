using System.Numerics;
using TrainService.Specification;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = ln(1 + eˣ). Gradient sigmoid(x) = 1 - e⁻ʸ.</summary>
public readonly struct Softplus : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("softplus", _ => new ElementwiseActivation<Softplus>(default))
    {
        Summary = "ln(1 + e^x): a smooth relu, always positive.",
        Advice = "For outputs that must be positive, such as a rate or a standard deviation.",
        Source = "Dugas, Bengio, Bélisle, Nadeau, Garcia 2001",
    };

    public static bool NeedsInput => false;

    public Vector<float> Forward(Vector<float> x) => VectorFunctions.Softplus(x);

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy) => -dy * VectorFunctions.ExpMinusOne(-saved);
}
