using TrainService.Specification;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x.</summary>
public sealed class Linear : Activation
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("linear", _ => new Linear())
    {
        Summary = "x as it is.",
        Advice = "For the output of a regression, and before a loss with from_logits.",
        Source = "y = x",
    };

    /// <inheritdoc/>
    public override bool IsIdentity => true;

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, int rowLength) => x.CopyTo(y);

    /// <inheritdoc/>
    public override void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int rowLength)
        => dy.CopyTo(dx);
}
