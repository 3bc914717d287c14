using TrainService.NeuralNet.Losses;

namespace TrainService.NeuralNet.Metrics;

/// <summary>
/// True positives, false positives and false negatives of each class: state [tp, fp, fn] a class. A prediction is a yes above the
/// threshold, or, without one, for the class with the largest output.
/// </summary>
public abstract class HitCounts(string name, int classes, float? threshold) : Metric
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public sealed override bool TakesLogits => threshold is null;

    /// <inheritdoc/>
    public sealed override int StateLength => 3 * classes;

    /// <inheritdoc/>
    public sealed override void Add(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, float weight, bool logits,
        Span<double> state)
    {
        int chosen = threshold is null ? Rows.ArgMax(prediction) : -1;
        int truth = target.Length == 1 && classes > 1 ? IndexTarget.Index(target, classes) : -1;
        for (int i = 0; i < classes; i++)
        {
            bool yes = threshold is { } limit ? prediction[i] > limit : i == chosen, really = truth < 0 ? target[i] != 0 : i == truth;
            if (yes || really) state[(3 * i) + (yes && really ? 0 : yes ? 1 : 2)] += weight;
        }
    }

    /// <summary>The counts of all classes together.</summary>
    protected static (double Tp, double Fp, double Fn) Sum(ReadOnlySpan<double> state)
    {
        (double tp, double fp, double fn) = (0, 0, 0);
        for (int i = 0; i < state.Length; i += 3)
        {
            tp += state[i];
            fp += state[i + 1];
            fn += state[i + 2];
        }
        return (tp, fp, fn);
    }

    /// <summary>The threshold for this form of targets: what was asked for, 0.5 for yes-or-no targets, none for class indices.</summary>
    private protected static float? Threshold(double? asked, Loss loss, int outputLength)
        => asked is { } value ? (float)value : Rows.IsSparse(loss, outputLength) ? null : 0.5f;
}
