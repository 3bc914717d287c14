namespace TrainService.NeuralNet.Metrics;

/// <summary>
/// tp / (tp + misses), 0 when there is nothing to count: over all outputs together above a threshold, as in Keras; for class indices the
/// mean over the classes.
/// </summary>
/// <param name="misses">Which of the two counts of misses: 1 for false positives (precision), 2 for false negatives (recall).</param>
public abstract class HitRatio(string name, int classes, float? threshold, int misses) : HitCounts(name, classes, threshold)
{
    /// <inheritdoc/>
    public override double Result(ReadOnlySpan<double> state)
    {
        if (!TakesLogits)
        {
            (double tp, double fp, double fn) = Sum(state);
            return Ratio(tp, misses == 1 ? fp : fn);
        }
        double sum = 0;
        for (int i = 0; i < state.Length; i += 3) sum += Ratio(state[i], state[i + misses]);
        return sum * 3 / state.Length;
    }

    private static double Ratio(double hits, double misses) => hits + misses > 0 ? hits / (hits + misses) : 0;
}
