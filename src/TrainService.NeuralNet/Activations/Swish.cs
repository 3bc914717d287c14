using System.Numerics;
using TrainService.Specification;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x · sigmoid(x). Gradient s (1 + x (1 - s)).</summary>
public readonly struct Swish : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("swish", _ => new ElementwiseActivation<Swish>(default))
    {
        Aliases = ["silu"],
        Summary = "x sigmoid(x): a smooth relu that dips a little below 0.",
        Advice = "In deep networks, where it often beats relu; costs an exponential.",
        Source = "Ramachandran, Zoph, Le 2017, arXiv:1710.05941; Elfwing, Uchibe, Doya 2017, arXiv:1702.03118",
    };

    public static bool NeedsInput => true;

    public Vector<float> Forward(Vector<float> x) => Held(x) * VectorFunctions.Sigmoid(x);

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy)
    {
        Vector<float> x = VectorFunctions.Clamp(saved, -104f, 104f), s = VectorFunctions.Sigmoid(x), one = Vector<float>.One;
        return dy * (s * (one + (x * (one - s))));
    }

    // Below -104 the result is 0 in float32; without a limit -∞ times 0 would be NaN.
    private static Vector<float> Held(Vector<float> x) => VectorFunctions.Clamp(x, -104f, float.PositiveInfinity);
}
