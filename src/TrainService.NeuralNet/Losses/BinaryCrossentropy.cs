using System.Numerics;
using TrainService.NeuralNet.Activations;
using TrainService.Specification;
using static TrainService.NeuralNet.Losses.LossMath;

namespace TrainService.NeuralNet.Losses;

/// <summary>
/// Mean of -t ln p - (1 - t) ln(1 - p) over the row, p clipped to [1e-7, 1 - 1e-7]: no gradient beyond. Label smoothing s makes
/// t (1 - s) + s/2 of t. Behind a sigmoid, <see cref="BinaryCrossentropyFromLogits"/> takes its place.
/// </summary>
public sealed class BinaryCrossentropy(double labelSmoothing) : PointwiseLoss<BinaryCrossentropy.Kernel>(new(labelSmoothing))
{
    public static ComponentDescriptor<Loss> Descriptor { get; } = new("binary_crossentropy", a => a.Flag("from_logits")
        ? new PointwiseLoss<BinaryCrossentropyFromLogits>(new(a.Number("label_smoothing")))
        : new BinaryCrossentropy(a.Number("label_smoothing")))
    {
        KerasName = "BinaryCrossentropy",
        Aliases = ["bce", "BCE"],
        Summary = "Negative log-likelihood of yes-or-no answers.",
        Advice = "For one yes-or-no question, or several independent ones, with a sigmoid output (or none, and from_logits).",
        Source = "Bernoulli distribution; clipping as Keras",
        Arguments = CrossentropyArguments.All,
    };

    private readonly double _labelSmoothing = labelSmoothing;

    /// <inheritdoc/>
    public override Loss? FuseWith(Activation last)
        => last.IsSigmoid ? new PointwiseLoss<BinaryCrossentropyFromLogits>(new(_labelSmoothing)) : null;

    /// <summary>t after smoothing.</summary>
    internal static Vector<double> Smooth(Vector<double> t, double s) => (t * Of(1 - s)) + Of(0.5 * s);

    /// <summary>The loss of one element.</summary>
    public readonly struct Kernel(double labelSmoothing) : IPointwiseLoss
    {
        public Vector<double> Value(Vector<double> p, Vector<double> t)
        {
            Vector<double> q = Clip(p, LeastProbability, MostProbability), y = Smooth(t, labelSmoothing);
            return -((y * Vector.Log(q)) + ((One - y) * Vector.Log(One - q)));
        }

        public Vector<double> Slope(Vector<double> p, Vector<double> t)
            => Within(p, LeastProbability, MostProbability, (p - Smooth(t, labelSmoothing)) / (p * (One - p)));
    }
}
