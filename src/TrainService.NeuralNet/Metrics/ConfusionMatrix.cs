namespace TrainService.NeuralNet.Metrics;

/// <summary>
/// How often each class was taken for each other: state [truth, prediction], classes² counts. One output counts as two classes, by the
/// threshold 0.5. Its figure is the accuracy.
/// </summary>
public sealed class ConfusionMatrix(int outputLength) : Metric
{
    /// <inheritdoc/>
    public override string Name => "confusion_matrix";

    public int Classes { get; } = Math.Max(2, outputLength);

    /// <inheritdoc/>
    public override bool TakesLogits => outputLength > 1;

    /// <inheritdoc/>
    public override int StateLength => Classes * Classes;

    /// <inheritdoc/>
    public override void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, float weight, bool logits, Span<double> state)
    {
        (int truth, int chosen) = outputLength == 1
            ? (target[0] > 0.5f ? 1 : 0, prediction[0] > 0.5f ? 1 : 0)
            : (Rows.Truth(target, outputLength), Rows.ArgMax(prediction));
        state[(truth * Classes) + chosen] += weight;
    }

    /// <inheritdoc/>
    public override double Result(ReadOnlySpan<double> state)
    {
        double right = 0, all = 0;
        for (int i = 0; i < Classes; i++) right += state[(i * Classes) + i];
        foreach (double n in state) all += n;
        return right / all;
    }

    /// <summary>Precision, recall, F1 and the number of rows of each class; 0 where there is nothing to count.</summary>
    public IReadOnlyList<ClassFigures> PerClass(ReadOnlySpan<double> state)
    {
        var figures = new ClassFigures[Classes];
        for (int i = 0; i < Classes; i++)
        {
            double truth = 0, chosen = 0, hits = state[(i * Classes) + i];
            for (int j = 0; j < Classes; j++)
            {
                truth += state[(i * Classes) + j];
                chosen += state[(j * Classes) + i];
            }
            double precision = chosen > 0 ? hits / chosen : 0, recall = truth > 0 ? hits / truth : 0;
            figures[i] = new(precision, recall, precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0, truth);
        }
        return figures;
    }
}

/// <summary>How well one class is told from the others.</summary>
/// <param name="Support">Rows (or their weight) of this class.</param>
public readonly record struct ClassFigures(double Precision, double Recall, double F1, double Support);
