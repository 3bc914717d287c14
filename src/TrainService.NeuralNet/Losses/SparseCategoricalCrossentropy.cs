using TrainService.NeuralNet.Activations;
using TrainService.Specification;

namespace TrainService.NeuralNet.Losses;

/// <summary>
/// -ln of the probability of the target's class: <see cref="CategoricalCrossentropy"/> with the class number in place of a one-hot row.
/// </summary>
public sealed class SparseCategoricalCrossentropy(bool fromLogits, double labelSmoothing) : Loss
{
    public static ComponentDescriptor<Loss> Descriptor { get; } = new("sparse_categorical_crossentropy",
        a => new SparseCategoricalCrossentropy(a.Flag("from_logits"), a.Number("label_smoothing")))
    {
        KerasName = "SparseCategoricalCrossentropy",
        Aliases = ["scce"],
        Summary = "Negative log-likelihood of one class among several; targets are class numbers from 0.",
        Advice = "The usual loss of a classifier, with a softmax output.",
        Source = "Categorical distribution; clipping as Keras",
        Arguments = CrossentropyArguments.All,
    };

    /// <inheritdoc/>
    public override bool SpansAxis => true;

    /// <inheritdoc/>
    public override int TargetLength(int outputLength) => 1;

    /// <inheritdoc/>
    public override Loss? FuseWith(Activation last)
        => last is Softmax && !fromLogits ? new SparseCategoricalCrossentropy(true, labelSmoothing) : null;

    /// <inheritdoc/>
    public override double Value(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        var y = IndexTarget.Of(target, prediction.Length, labelSmoothing);
        return fromLogits ? CategoricalMath.ValueFromLogits(prediction, y) : CategoricalMath.ValueFromProbabilities(prediction, y);
    }

    /// <inheritdoc/>
    public override double ValueAndGradient(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, float scale)
    {
        var y = IndexTarget.Of(target, prediction.Length, labelSmoothing);
        return fromLogits
            ? CategoricalMath.FromLogits(prediction, y, gradient, scale)
            : CategoricalMath.FromProbabilities(prediction, y, gradient, scale);
    }
}
