using TrainService.Specification;

namespace TrainService.NeuralNet.Losses;

/// <summary>max(0, 1 + max((1 - t) p) - Σ t p) over the row: the best wrong score must stay 1 below the right one.</summary>
public sealed class CategoricalHinge : Loss
{
    public static ComponentDescriptor<Loss> Descriptor { get; } = new("categorical_hinge", _ => new CategoricalHinge())
    {
        KerasName = "CategoricalHinge",
        Summary = "How far the best wrong class comes within a margin of 1 of the right one.",
        Advice = "For scores of several classes without probabilities; targets are one-hot rows.",
        Source = "Weston, Watkins 1999; Keras CategoricalHinge",
    };

    /// <inheritdoc/>
    public override bool SpansAxis => true;

    /// <inheritdoc/>
    public override double Value(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
        => Math.Max(0, Margin(prediction, target, out _));

    /// <inheritdoc/>
    public override double ValueAndGradient(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, float scale)
    {
        double margin = Margin(prediction, target, out int worst);
        float factor = margin > 0 ? scale : 0;
        for (int i = 0; i < gradient.Length; i++) gradient[i] = -factor * target[i];
        gradient[worst] += factor * (1 - target[worst]);
        return Math.Max(0, margin);
    }

    private static double Margin(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, out int worst)
    {
        double right = 0, wrong = double.NegativeInfinity;
        worst = 0;
        for (int i = 0; i < prediction.Length; i++)
        {
            double score = (1 - (double)target[i]) * prediction[i];
            right += (double)target[i] * prediction[i];
            if (score > wrong) (wrong, worst) = (score, i);
        }
        return 1 + wrong - right;
    }
}
