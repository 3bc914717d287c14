using TrainService.Tensors;

namespace TrainService.NeuralNet.Regularizers;

/// <summary>A penalty that looks at all numbers of a weight together, in canonical layout.</summary>
public abstract class WholeRegularizer : Regularizer
{
    /// <summary>Why it cannot penalize a weight of this shape, as the end of a sentence; null when it can.</summary>
    public abstract string? Objection(Shape shape);

    /// <summary>Doubles that <see cref="PenaltyAndGradient"/> works in.</summary>
    public abstract int ScratchLength(Shape shape);

    /// <summary>The penalty, and <paramref name="gradient"/> = d penalty / d values unless that is empty. Allocates nothing.</summary>
    public abstract double PenaltyAndGradient(ReadOnlySpan<float> values, Shape shape, Span<double> scratch, Span<float> gradient);

    /// <inheritdoc/>
    public sealed override double Penalty(ReadOnlySpan<float> values) => throw new NotSupportedException("This penalty needs the whole weight.");

    /// <inheritdoc/>
    public sealed override void AddGradient(ReadOnlySpan<float> values, float scale, Span<float> gradient)
        => throw new NotSupportedException("This penalty needs the whole weight.");
}
