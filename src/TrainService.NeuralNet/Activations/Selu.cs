using System.Numerics;
using TrainService.Specification;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = scale · elu(x, α) with the two constants for which mean 0 and variance 1 are a fixed point.</summary>
public readonly struct Selu : IElementwise
{
    private const float Alpha = 1.6732632423543772f, Scale = 1.0507009873554805f;

    public static ComponentDescriptor<Activation> Descriptor { get; } = new("selu", _ => new ElementwiseActivation<Selu>(default))
    {
        Summary = "A scaled elu that keeps mean 0 and variance 1 through a plain stack of dense layers.",
        Advice = "Only with lecun_normal, standardized inputs and dense layers in a plain stack; alpha_dropout if any. Otherwise elu.",
        Source = "Klambauer, Unterthiner, Mayr, Hochreiter 2017, arXiv:1706.02515",
    };

    public static bool NeedsInput => false;

    public Vector<float> Forward(Vector<float> x)
        => Vector.ConditionalSelect(
            Vector.LessThanOrEqual(x, Vector<float>.Zero), VectorFunctions.ExpMinusOne(x) * (Scale * Alpha), x * Scale);

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy)
        => dy * Vector.ConditionalSelect(
            Vector.LessThanOrEqual(saved, Vector<float>.Zero), saved + new Vector<float>(Scale * Alpha), new Vector<float>(Scale));
}
