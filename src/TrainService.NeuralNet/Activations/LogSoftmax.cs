using TrainService.Specification;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x - m - ln Σ e^(x - m) over each row, m the row's maximum. dx = dy - eʸ · Σ dy.</summary>
public sealed class LogSoftmax : Activation
{
    public static ComponentDescriptor<Activation> Descriptor { get; } = new("log_softmax", _ => new LogSoftmax())
    {
        Summary = "The logarithm of softmax, exact where probabilities would vanish.",
        Advice = "When log-probabilities are the output. To train a classifier take softmax: its loss works on the logits anyway.",
        Source = "log(softmax(x))",
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
            float most = RowMath.Max(row);
            double sum = 0;
            foreach (float v in row) sum += Math.Exp((double)v - most);
            double shift = most + Math.Log(sum);
            for (int j = 0; j < row.Length; j++) result[j] = (float)(row[j] - shift);
        }
    }

    /// <inheritdoc/>
    public override void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int rowLength)
    {
        for (int i = 0; i < y.Length; i += rowLength)
        {
            ReadOnlySpan<float> result = y.Slice(i, rowLength), upper = dy.Slice(i, rowLength);
            Span<float> gradient = dx.Slice(i, rowLength);
            double sum = 0;
            foreach (float v in upper) sum += v;
            for (int j = 0; j < result.Length; j++) gradient[j] = (float)(upper[j] - (Math.Exp(result[j]) * sum));
        }
    }
}
