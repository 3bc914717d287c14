using MathNet.Numerics.Statistics;

namespace TrainService.NeuralNet.Finding;

/// <summary>What the curve of a learning-rate finder suggests. All of it is null when the loss never fell.</summary>
/// <remarks>
/// Batches differ, and a running mean lags behind; so the curve is judged by the median of the losses around each step, a twentieth of all steps to
/// each side. At both ends the window stays whole.
/// </remarks>
public sealed record RateSuggestions
{
    /// <summary>A fall of less than this share of the first loss is none.</summary>
    private const double LeastFall = 0.02;

    /// <summary>
    /// Nor is one of less than so many deviations of a window's mean: the least of many windows lies some below their middle by chance alone.
    /// </summary>
    private const double Chance = 5;

    /// <summary>Where this share of the fall is over, it has begun.</summary>
    private const double Begun = 0.1;

    /// <summary>A cycle's lowest rate is at most this share of its highest. Smith advises a third or a quarter.</summary>
    private const double WidestBase = 0.25;

    private const double TopShare = 0.5;

    /// <summary>The rate at which the loss was least.</summary>
    public double? Minimum { get; init; }

    /// <summary>A tenth of <see cref="Minimum"/>: for a rate that stays, or falls from there.</summary>
    public double? TenthOfMinimum { get; init; }

    /// <summary>The rate at which the loss fell fastest, over the logarithm of the rate.</summary>
    public double? Steepest { get; init; }

    /// <summary>For the bottom of a cycle: where the loss began to fall, and at most a quarter of <see cref="Highest"/>.</summary>
    public double? Lowest { get; init; }

    /// <summary>
    /// For the top of a cycle, which is only visited: half of <see cref="Minimum"/>. On Fashion-MNIST (<c>schedules.json</c> of the examples, one_cycle over
    /// 10 epochs) that ended at the same validation loss as the minimum itself; a third of it ended behind.
    /// </summary>
    public double? Highest { get; init; }

    /// <summary>What was seen, in words.</summary>
    public required string Why { get; init; }

    internal static RateSuggestions From(IReadOnlyList<RatePoint> points, bool exploded)
    {
        if (points.Count < 3) return new() { Why = "The loss exploded at once: begin the search at a lower rate." };
        double[] losses = [.. points.Select(p => p.Loss)];
        int reach = Math.Max(1, points.Count / 20);
        double[] curve = Medians(losses, reach);
        int least = Array.IndexOf(curve, curve.Min());
        double first = curve[0], fall = first - curve[least];
        if (fall < Math.Max(LeastFall * Math.Abs(first), Chance * Noise(losses, curve, least) / Math.Sqrt((2 * reach) + 1)))
            return new() { Why = exploded ? "The loss exploded before it had fallen: begin the search at a lower rate." : "The loss never fell, at any rate: look at the data and the network." };
        double minimum = points[least].Rate, highest = minimum * TopShare;
        // The last time that it stood above: earlier dips are noise.
        int began = Math.Min(least, Array.FindLastIndex(curve, least, v => v > first - (Begun * fall)) + 1);
        string seen = exploded ? $"then it exploded at {points[^1].Rate:G3}" : $"and had not exploded at {points[^1].Rate:G3}, where the search ended";
        return new RateSuggestions
        {
            Minimum = minimum,
            TenthOfMinimum = minimum / 10,
            Steepest = points[SteepestOf(losses, reach, began, least)].Rate,
            Lowest = Math.Min(points[began].Rate, WidestBase * highest),
            Highest = highest,
            Why = $"The loss fell from {first:G4} to {curve[least]:G4} at a rate of {minimum:G3}, {seen}.",
        };
    }

    private static double[] Medians(double[] losses, int reach)
    {
        int length = Math.Min((2 * reach) + 1, losses.Length);
        return [.. Enumerable.Range(0, losses.Length).Select(i => ArrayStatistics.MedianInplace(losses.AsSpan(Math.Clamp(i - reach, 0, losses.Length - length), length).ToArray()))];
    }

    /// <summary>The deviation of single losses from the curve, up to its least; by their median, which the few of an explosion don't move.</summary>
    private static double Noise(double[] losses, double[] curve, int least)
        => 1.4826 * ArrayStatistics.MedianInplace([.. Enumerable.Range(0, least + 1).Select(i => Math.Abs(losses[i] - curve[i]))]);

    /// <summary>By the slope of a least-squares line through the points around, where the loss is falling.</summary>
    private static int SteepestOf(double[] losses, int reach, int began, int least)
    {
        int best = least;
        double steepest = 0;
        for (int i = Math.Max(0, began - reach); i <= least; i++)
        {
            double slope = Slope(losses, Math.Max(0, i - reach), Math.Min(losses.Length - 1, i + reach));
            if (slope < steepest) (steepest, best) = (slope, i);
        }

        return best;
    }

    // Rates grow by a constant factor, so a point's number is as good as its logarithm.
    private static double Slope(double[] losses, int from, int to)
    {
        double middle = (from + to) / 2.0, up = 0, down = 0;
        for (int i = from; i <= to; i++)
        {
            up += (i - middle) * losses[i];
            down += (i - middle) * (i - middle);
        }

        return up / down;
    }
}
