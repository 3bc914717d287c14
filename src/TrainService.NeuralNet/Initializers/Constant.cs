using TrainService.Specification;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Initializers;

/// <summary>Every element the same.</summary>
public sealed class Constant(float value) : Initializer
{
    public static ComponentDescriptor<Initializer> Descriptor { get; } = new("constant", a => new Constant(a.Single("value")))
    {
        KerasName = "Constant",
        Summary = "Every element the same given number.",
        Advice = "For biases with a known start, such as the log-odds of a rare class. Never for kernels: all units would stay alike.",
        Source = "Keras Constant",
        Arguments = [Arg.Number("value", "The number.", 0)],
    };

    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxStream random) => values.Fill(value);
}
