using System.Numerics;
using TrainService.Specification;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x · tanh(ln(1 + eˣ)). With e = eˣ and n = e (e + 2): tanh(softplus x) = n / (n + 2).</summary>
public readonly struct Mish : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("mish", _ => new ElementwiseActivation<Mish>(default))
    {
        Summary = "x tanh(ln(1 + e^x)): a smooth relu that dips a little below 0.",
        Advice = "Much like swish, and as costly; worth a try in deep convolutional networks.",
        Source = "Misra 2019, arXiv:1908.08681",
    };

    public static bool NeedsInput => true;

    public Vector<float> Forward(Vector<float> x) => VectorFunctions.Clamp(x, -104f, float.PositiveInfinity) * Gate(x, out _);

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy)
    {
        Vector<float> gate = Gate(saved, out Vector<float> e), one = Vector<float>.One;
        Vector<float> x = VectorFunctions.Clamp(saved, -104f, 20f), sigmoid = e / (one + e);
        return dy * (gate + (x * (one - (gate * gate)) * sigmoid));
    }

    // From 20 on the gate is 1 in float32, and e² stays finite.
    private static Vector<float> Gate(Vector<float> x, out Vector<float> e)
    {
        e = VectorFunctions.Exp(VectorFunctions.Clamp(x, float.NegativeInfinity, 20f));
        Vector<float> n = e * (e + new Vector<float>(2f));
        return n / (n + new Vector<float>(2f));
    }
}
