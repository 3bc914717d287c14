using TrainService.NeuralNet.Activations;
using TrainService.Specification;

namespace TrainService.NeuralNet.Losses;

/// <summary>-(t / ‖t‖) · (p / ‖p‖) over the row, norms not below 1e-7: -1 when both point the same way, 0 at right angles.</summary>
public sealed class CosineSimilarity : Loss
{
    public static ComponentDescriptor<Loss> Descriptor { get; } = new("cosine_similarity", _ => new CosineSimilarity())
    {
        KerasName = "CosineSimilarity",
        Summary = "The cosine of the angle between prediction and target, negated.",
        Advice = "For embeddings, where only the direction counts.",
        Source = "Keras CosineSimilarity",
    };

    /// <inheritdoc/>
    public override bool SpansAxis => true;

    /// <inheritdoc/>
    public override double Value(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
        => -RowMath.Dot(prediction, target) / (Norm(prediction) * Norm(target));

    /// <inheritdoc/>
    public override double ValueAndGradient(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, float scale)
    {
        double norm = Norm(prediction), own = Norm(target), cosine = RowMath.Dot(prediction, target) / (norm * own);
        // A norm held at its least is a constant: nothing flows through it.
        double along = norm > LossMath.Epsilon ? cosine : 0;
        for (int i = 0; i < gradient.Length; i++)
            gradient[i] = (float)(-scale * ((target[i] / own) - (along * prediction[i] / norm)) / norm);
        return -cosine;
    }

    private static double Norm(ReadOnlySpan<float> x) => Math.Max(Math.Sqrt(RowMath.Dot(x, x)), LossMath.Epsilon);
}
