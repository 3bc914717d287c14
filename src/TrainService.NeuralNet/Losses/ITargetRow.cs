namespace TrainService.NeuralNet.Losses;

/// <summary>The probabilities that a categorical loss wants, by class, smoothed already.</summary>
internal interface ITargetRow
{
    double this[int index] { get; }
}

/// <summary>One class has <paramref name="on"/> more than the others, which have <paramref name="off"/> each.</summary>
internal readonly struct IndexTarget(int index, double on, double off) : ITargetRow
{
    public double this[int i] => i == index ? on + off : off;

    /// <summary>The class of a sparse target, with smoothing s: t (1 - s) + s / classes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no whole number from 0 to classes - 1.</exception>
    public static IndexTarget Of(ReadOnlySpan<float> target, int classes, double smoothing)
        => new(Index(target, classes), 1 - smoothing, smoothing / classes);

    /// <inheritdoc cref="Of"/>
    public static int Index(ReadOnlySpan<float> target, int classes)
    {
        float value = target[0];
        int index = (int)value;
        if (index != value || (uint)index >= (uint)classes)
            throw new ArgumentOutOfRangeException(nameof(target), value, $"A target must be a class index from 0 to {classes - 1}.");
        return index;
    }
}

/// <summary>A probability for each class, with smoothing s: t (1 - s) + s / classes.</summary>
internal readonly ref struct DenseTarget(ReadOnlySpan<float> target, double smoothing) : ITargetRow
{
    private readonly ReadOnlySpan<float> _target = target;

    public double this[int i] => (_target[i] * (1 - smoothing)) + (smoothing / _target.Length);
}
