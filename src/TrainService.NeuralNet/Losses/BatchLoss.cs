namespace TrainService.NeuralNet.Losses;

/// <summary>
/// A loss that compares the rows of a batch with each other, so that a row by itself has none. Targets are class numbers, outputs embeddings. A step
/// runs it on one thread, since every row bears on every other.
/// </summary>
public abstract class BatchLoss : Loss
{
    /// <inheritdoc/>
    public override int TargetLength(int outputLength) => 1;

    /// <summary>Working memory for batches of up to <paramref name="rows"/> rows.</summary>
    public BatchScratch NewScratch(int rows) => new(rows);

    /// <summary>The loss of a batch, dealt out to its rows: their mean, each times the weight of its row, is the loss of the batch.</summary>
    /// <param name="rowLoss">Written, a number a row.</param>
    public void Judge(in BatchRows rows, Span<double> rowLoss, BatchScratch scratch) => Judge(rows, rowLoss, [], default, scratch);

    /// <summary>The same, and the gradient of the weighted mean of <paramref name="rowLoss"/>.</summary>
    /// <param name="rowWeights">A weight a row; empty to leave the gradient out.</param>
    /// <param name="gradient">Written where there are weights, laid out as the predictions.</param>
    public abstract void Judge(in BatchRows rows, Span<double> rowLoss, ReadOnlySpan<float> rowWeights, Span<float> gradient, BatchScratch scratch);

    /// <summary>0: a batch of one row has nothing to compare.</summary>
    public sealed override double Value(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target) => 0;

    /// <inheritdoc cref="Value"/>
    public sealed override double ValueAndGradient(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, float scale)
    {
        gradient.Clear();
        return 0;
    }
}

/// <summary>The outputs and the class numbers of a batch.</summary>
/// <param name="predictions">Rows of <paramref name="length"/> numbers, <paramref name="stride"/> apart.</param>
/// <param name="targets">One number a row, <paramref name="targetStride"/> apart.</param>
public readonly ref struct BatchRows(ReadOnlySpan<float> predictions, int count, int length, int stride, ReadOnlySpan<float> targets, int targetStride)
{
    private readonly ReadOnlySpan<float> _predictions = predictions, _targets = targets;

    public int Count { get; } = count;

    /// <summary>Numbers in an output.</summary>
    public int Length { get; } = length;

    /// <summary>From an output to the next.</summary>
    public int Stride { get; } = stride;

    public ReadOnlySpan<float> Prediction(int row) => _predictions.Slice(row * Stride, Length);

    public float Target(int row) => _targets[row * targetStride];
}

/// <summary>What a <see cref="BatchLoss"/> works in, so that a step allocates nothing.</summary>
public sealed class BatchScratch(int rows)
{
    /// <summary>From the row at hand to each other.</summary>
    internal double[] Distances { get; } = new double[rows];

    /// <summary>How often the distance to each row counts in the loss of the row at hand: + to be made smaller, - larger.</summary>
    internal double[] Pulls { get; } = new double[rows];

    /// <summary>Distances of rows of other classes, to be sorted.</summary>
    internal double[] Others { get; } = new double[rows];

    /// <summary>Which rows these are.</summary>
    internal int[] OtherRows { get; } = new int[rows];
}
