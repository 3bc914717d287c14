using TrainService.NeuralNet.Activations;
using TrainService.Specification;

namespace TrainService.NeuralNet.Losses;

/// <summary>
/// -Σ y ln(p / Σ p) over the row, the probability clipped to [1e-7, 1 - 1e-7]; from logits, or behind a softmax, never clipped. Label
/// smoothing s makes y (1 - s) + s / classes of y.
/// </summary>
public sealed class CategoricalCrossentropy(bool fromLogits, double labelSmoothing) : Loss
{
    public static ComponentDescriptor<Loss> Descriptor { get; } = new("categorical_crossentropy",
        a => new CategoricalCrossentropy(a.Flag("from_logits"), a.Number("label_smoothing")))
    {
        KerasName = "CategoricalCrossentropy",
        Aliases = ["cce"],
        Summary = "Negative log-likelihood of one class among several; targets are one-hot rows or probabilities.",
        Advice = "For one class out of several, with a softmax output. For class numbers take sparse_categorical_crossentropy.",
        Source = "Categorical distribution; clipping as Keras",
        Arguments = CrossentropyArguments.All,
    };

    /// <inheritdoc/>
    public override bool SpansAxis => true;

    /// <inheritdoc/>
    public override Loss? FuseWith(Activation last)
        => last is Softmax && !fromLogits ? new CategoricalCrossentropy(true, labelSmoothing) : null;

    /// <inheritdoc/>
    public override double Value(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        var y = new DenseTarget(target, labelSmoothing);
        return fromLogits ? CategoricalMath.ValueFromLogits(prediction, y) : CategoricalMath.ValueFromProbabilities(prediction, y);
    }

    /// <inheritdoc/>
    public override double ValueAndGradient(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, float scale)
    {
        var y = new DenseTarget(target, labelSmoothing);
        return fromLogits
            ? CategoricalMath.FromLogits(prediction, y, gradient, scale)
            : CategoricalMath.FromProbabilities(prediction, y, gradient, scale);
    }
}
