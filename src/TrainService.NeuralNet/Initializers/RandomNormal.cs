using TrainService.Specification;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Initializers;

/// <summary>Normal numbers of a given mean and standard deviation, not cut.</summary>
public sealed class RandomNormal(double mean, double deviation) : Initializer
{
    public static ComponentDescriptor<Initializer> Descriptor { get; } = new("random_normal",
        a => new RandomNormal(a.Number("mean"), a.Number("stddev")))
    {
        KerasName = "RandomNormal",
        Aliases = ["normal"],
        Summary = "Normal numbers of one standard deviation, whatever the size of the layer.",
        Advice = "For experiments: in deep networks activations and gradients vanish or explode with it. Take he or glorot.",
        Source = "Keras RandomNormal",
        Arguments = [Arg.Number("mean", "Mean.", 0), Arg.Number("stddev", "Standard deviation.", 0.05, min: 0)],
    };

    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxStream random)
        => Distributions.Normal(values, mean, deviation, random);
}
