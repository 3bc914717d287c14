using System.Numerics;
using TrainService.Specification;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x / (1 + |x|), between -1 and 1. Gradient 1 / (1 + |x|)² = (1 - |y|)².</summary>
public readonly struct Softsign : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("softsign", _ => new ElementwiseActivation<Softsign>(default))
    {
        Summary = "x / (1 + |x|): like tanh, with slower tails.",
        Advice = "Where tanh saturates too early; rarely the best choice today.",
        Source = "Bergstra, Desjardins, Lamblin, Bengio 2009",
    };

    public static bool NeedsInput => true;

    public Vector<float> Forward(Vector<float> x)
    {
        // Beyond 2²⁴ the quotient rounds to ±1; the limit keeps ∞ / ∞ out.
        Vector<float> held = VectorFunctions.Clamp(x, -1e30f, 1e30f);
        return held / (Vector<float>.One + Vector.Abs(held));
    }

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy)
    {
        Vector<float> d = Vector<float>.One + Vector.Abs(saved);
        return dy / d / d;
    }
}
