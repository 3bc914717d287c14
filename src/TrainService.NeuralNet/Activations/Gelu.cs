using System.Numerics;
using TrainService.Specification;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x · Φ(x), Φ the standard normal distribution function. Gradient Φ(x) + x φ(x).</summary>
public readonly struct Gelu : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("gelu", a => a.Flag("approximate")
        ? new ElementwiseActivation<GeluTanh>(default)
        : new ElementwiseActivation<Gelu>(default))
    {
        Summary = "x times the probability that a standard normal lies below x.",
        Advice = "In transformers, and in deep networks where relu is too coarse.",
        Source = "Hendrycks, Gimpel 2016, arXiv:1606.08415",
        Arguments = [Arg.Flag("approximate", "Use the tanh formula instead of the exact distribution function.", false)],
    };

    public static bool NeedsInput => true;

    public Vector<float> Forward(Vector<float> x) => Held(x) * VectorFunctions.NormalCdf(x);

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy)
    {
        Vector<float> x = Held(saved), density = new Vector<float>(0.398942280f) * VectorFunctions.Exp(new Vector<float>(-0.5f) * x * x);
        return dy * Vector.FusedMultiplyAdd(x, density, VectorFunctions.NormalCdf(x));
    }

    // Below -14 the result is 0 in float32; without a limit -∞ times 0 would be NaN.
    private static Vector<float> Held(Vector<float> x) => VectorFunctions.Clamp(x, -14f, float.PositiveInfinity);
}
