using System.Numerics;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x/2 · (1 + tanh u), u = √(2/π) · (x + 0.044715 x³): gelu with <c>approximate</c>.</summary>
public readonly struct GeluTanh : IElementwise
{
    private const float Root = 0.797884561f, Cubic = 0.044715f;

    public static bool NeedsInput => true;

    public Vector<float> Forward(Vector<float> x) => Held(x, float.PositiveInfinity) * Gate(x, out _);

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy)
    {
        Vector<float> gate = Gate(saved, out Vector<float> x), one = Vector<float>.One;
        // (1 + tanh u)/2 = g, so (1 - tanh² u)/2 = 2 g (1 - g).
        Vector<float> inner = new Vector<float>(Root) * (one + (new Vector<float>(3 * Cubic) * x * x));
        return dy * (gate + (x * inner * new Vector<float>(2f) * gate * (one - gate)));
    }

    // (1 + tanh u)/2 is sigmoid(2u), which keeps its digits for very negative u.
    private static Vector<float> Gate(Vector<float> x, out Vector<float> held)
    {
        held = Held(x, 14f);
        return VectorFunctions.Sigmoid(new Vector<float>(2 * Root) * held * (Vector<float>.One + (new Vector<float>(Cubic) * held * held)));
    }

    // Beyond ±14 the gate is 0 or 1 in float32; without limits ∞ times 0 would be NaN.
    private static Vector<float> Held(Vector<float> x, float high) => VectorFunctions.Clamp(x, -14f, high);
}
