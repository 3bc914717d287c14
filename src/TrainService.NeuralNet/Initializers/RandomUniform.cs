using TrainService.Specification;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Initializers;

/// <summary>Uniform numbers in [minval, maxval).</summary>
public sealed class RandomUniform : Initializer
{
    private readonly double _low, _high;

    /// <exception cref="ArgumentException"><paramref name="minval"/> lies above <paramref name="maxval"/>.</exception>
    public RandomUniform(double minval, double maxval)
    {
        if (minval > maxval) throw new ArgumentException($"minval must not lie above maxval, got {minval} and {maxval}.", nameof(minval));
        (_low, _high) = (minval, maxval);
    }

    public static ComponentDescriptor<Initializer> Descriptor { get; } = new("random_uniform",
        a => new RandomUniform(a.Number("minval"), a.Number("maxval")))
    {
        KerasName = "RandomUniform",
        Aliases = ["uniform"],
        Summary = "Uniform numbers between two bounds, whatever the size of the layer.",
        Advice = "For embeddings and experiments. In deep networks take he or glorot.",
        Source = "Keras RandomUniform",
        Arguments = [Arg.Number("minval", "Lower bound.", -0.05), Arg.Number("maxval", "Upper bound.", 0.05)],
    };

    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxStream random)
        => Distributions.Uniform(values, _low, _high, random);
}
