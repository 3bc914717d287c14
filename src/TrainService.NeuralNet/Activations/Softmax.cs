using TrainService.Specification;
using TrainService.Tensors.Kernels;

namespace TrainService.NeuralNet.Activations;

/// <summary>
/// y = e^(x - m) / Σ e^(x - m) over each row, m the row's maximum, so that large x don't overflow. dx = y · (dy - Σ y dy).
/// </summary>
public sealed class Softmax : Activation
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("softmax", _ => new Softmax())
    {
        Summary = "Turns a row of scores into probabilities that add up to 1.",
        Advice = "For the output of a model that picks one of several classes, with a categorical cross-entropy. Glorot initialization.",
        Source = "Bridle 1990, Probabilistic interpretation of feedforward classification network outputs",
    };

    /// <inheritdoc/>
    public override bool SpansRow => true;

    /// <inheritdoc/>
    public override void Forward(ReadOnlySpan<float> x, Span<float> y, int rowLength)
    {
        for (int i = 0; i < x.Length; i += rowLength)
        {
            ReadOnlySpan<float> row = x.Slice(i, rowLength);
            Span<float> result = y.Slice(i, rowLength);
            double sum = RowMath.Exp(row, RowMath.Max(row), result);
            Elementwise.Scale(result, (float)(1 / sum));
        }
    }

    /// <inheritdoc/>
    public override void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int rowLength)
    {
        for (int i = 0; i < y.Length; i += rowLength)
        {
            ReadOnlySpan<float> result = y.Slice(i, rowLength), upper = dy.Slice(i, rowLength);
            Span<float> gradient = dx.Slice(i, rowLength);
            float mean = (float)RowMath.Dot(result, upper);
            for (int j = 0; j < result.Length; j++) gradient[j] = result[j] * (upper[j] - mean);
        }
    }
}
