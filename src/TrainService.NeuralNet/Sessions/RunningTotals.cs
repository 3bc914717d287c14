using TrainService.NeuralNet.Activations;
using TrainService.NeuralNet.Metrics;

namespace TrainService.NeuralNet.Sessions;

/// <summary>
/// Loss and metrics over the rows seen so far. Rows are added in order on one thread, so the figures are the same for any number of threads.
/// The loss is weighted by sample weights and divided by rows; metrics are not weighted, unless they are <see cref="WeightedMetric"/>s: as Keras does.
/// </summary>
public sealed class RunningTotals
{
    private readonly double[][] _states;

    public RunningTotals(IReadOnlyList<Metric> metrics)
    {
        Metrics = metrics;
        _states = [.. metrics.Select(m => new double[m.StateLength])];
    }

    public IReadOnlyList<Metric> Metrics { get; }

    public double LossSum { get; private set; }

    public long Rows { get; private set; }

    /// <summary>Mean loss; NaN before the first row.</summary>
    public double Loss => Rows == 0 ? double.NaN : LossSum / Rows;

    /// <summary>Everything in it, to be saved: loss sum, rows, then the metrics' states.</summary>
    public double[] Save() => [LossSum, Rows, .. _states.SelectMany(s => s)];

    /// <exception cref="ArgumentException">The numbers are of other metrics.</exception>
    public void Restore(ReadOnlySpan<double> saved)
    {
        if (saved.Length != 2 + _states.Sum(s => s.Length)) throw new ArgumentException("Saved totals do not fit these metrics.", nameof(saved));
        (LossSum, Rows) = (saved[0], (long)saved[1]);
        int at = 2;
        foreach (double[] state in _states)
        {
            saved.Slice(at, state.Length).CopyTo(state);
            at += state.Length;
        }
    }

    public void Reset()
    {
        LossSum = Rows = 0;
        foreach (double[] state in _states) Array.Clear(state);
    }

    /// <summary>The figure of a metric by its position.</summary>
    public double Result(int metric) => Metrics[metric].Result(_states[metric]);

    /// <summary>"loss" and every metric by name.</summary>
    public IReadOnlyDictionary<string, double> ToDictionary()
    {
        Dictionary<string, double> all = new(StringComparer.Ordinal) { ["loss"] = Loss };
        for (int i = 0; i < Metrics.Count; i++) all[Metrics[i].Name] = Result(i);
        return all;
    }

    internal ReadOnlySpan<double> State(int metric) => _states[metric];

    /// <summary>Adds the loss of one batch.</summary>
    /// <param name="loss">Σ row loss · row weight over the batch.</param>
    internal void AddLoss(double loss, int rows)
    {
        LossSum += loss;
        Rows += rows;
    }

    /// <param name="weight">Of the row.</param>
    internal void AddRow(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, float weight)
    {
        for (int i = 0; i < _states.Length; i++) Metrics[i].Add(prediction, target, WeightIn(i, weight), logits: false, _states[i]);
    }

    /// <param name="scratch">For the network's output, as long as the logits, when a metric needs it.</param>
    /// <inheritdoc cref="AddRow"/>
    internal void AddLogitsRow(ReadOnlySpan<float> logits, ReadOnlySpan<float> target, float weight, Activation last, int lastAxis, Span<float> scratch)
    {
        bool activated = false;
        for (int i = 0; i < _states.Length; i++)
        {
            if (Metrics[i].TakesLogits)
            {
                Metrics[i].Add(logits, target, WeightIn(i, weight), logits: true, _states[i]);
                continue;
            }

            if (!activated) last.Forward(logits, scratch, lastAxis);
            activated = true;
            Metrics[i].Add(scratch, target, WeightIn(i, weight), logits: false, _states[i]);
        }
    }

    private float WeightIn(int metric, float weight) => Metrics[metric].Weighted ? weight : 1f;
}
