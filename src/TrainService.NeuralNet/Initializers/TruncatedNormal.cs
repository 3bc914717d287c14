using TrainService.Specification;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Initializers;

/// <summary>
/// Normal numbers; those beyond two standard deviations are drawn again, so the result has 0.8796 of the standard deviation.
/// </summary>
public sealed class TruncatedNormal(double mean, double deviation) : Initializer
{
    public static ComponentDescriptor<Initializer> Descriptor { get; } = new("truncated_normal",
        a => new TruncatedNormal(a.Number("mean"), a.Number("stddev")))
    {
        KerasName = "TruncatedNormal",
        Summary = "Normal numbers of one standard deviation, cut at two of them.",
        Advice = "As random_normal, without outliers. In deep networks take he or glorot.",
        Source = "Keras TruncatedNormal",
        Arguments = [Arg.Number("mean", "Mean.", 0), Arg.Number("stddev", "Standard deviation before the cut.", 0.05, min: 0)],
    };

    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxStream random)
        => Distributions.TruncatedNormal(values, mean, deviation, random);
}
