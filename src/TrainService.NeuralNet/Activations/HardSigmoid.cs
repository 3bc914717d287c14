using System.Numerics;
using TrainService.Specification;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = min(max(x + 3, 0), 6) / 6. Gradient 1/6 strictly between -3 and 3.</summary>
public readonly struct HardSigmoid : IElementwise
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("hard_sigmoid",
        _ => new ElementwiseActivation<HardSigmoid>(default))
    {
        Summary = "Three straight lines in place of a sigmoid.",
        Advice = "In gates of small networks, where an exponential costs too much. Keras 2 had another slope (0.2).",
        Source = "Courbariaux, Bengio, David 2015, arXiv:1511.00363; slope 1/6 as Keras 3",
    };

    public static bool NeedsInput => true;

    public Vector<float> Forward(Vector<float> x) => VectorFunctions.Clamp(x + new Vector<float>(3f), 0f, 6f) / new Vector<float>(6f);

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy)
        => Vector.ConditionalSelect(
            Vector.GreaterThanOrEqual(Vector.Abs(saved), new Vector<float>(3f)), Vector<float>.Zero, dy / new Vector<float>(6f));
}
