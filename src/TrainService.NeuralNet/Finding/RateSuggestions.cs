namespace TrainService.NeuralNet.Finding;

/// <summary>What the curve of a learning-rate finder suggests. All of it is null when the loss never fell.</summary>
public sealed record RateSuggestions
{
    /// <summary>A fall of less than this share of the first loss is noise.</summary>
    private const double LeastFall = 0.02;

    /// <summary>Where this share of the fall is over, it has begun.</summary>
    private const double Begun = 0.1;

    /// <summary>A cycle's lowest rate is at most this share of its highest. Smith advises a third or a quarter.</summary>
    private const double WidestBase = 0.25;

    /// <summary>The rate at which the smoothed loss was least.</summary>
    public double? Minimum { get; init; }

    /// <summary>A tenth of <see cref="Minimum"/>: for a rate that stays, or falls from there.</summary>
    public double? TenthOfMinimum { get; init; }

    /// <summary>The rate at which the smoothed loss fell fastest, over the logarithm of the rate.</summary>
    public double? Steepest { get; init; }

    /// <summary>For the bottom of a cycle: where the loss began to fall, and at most a quarter of <see cref="Highest"/>.</summary>
    public double? Lowest { get; init; }

    /// <summary>For the top of a cycle, which is only visited: <see cref="Minimum"/> divided by the root of 10.</summary>
    public double? Highest { get; init; }

    /// <summary>What was seen, in words.</summary>
    public required string Why { get; init; }

    internal static RateSuggestions From(IReadOnlyList<RatePoint> points, bool exploded)
    {
        if (points.Count < 3) return new() { Why = "The loss exploded at once: begin the search at a lower rate." };
        int least = 0;
        for (int i = 1; i < points.Count; i++)
            if (points[i].Smoothed < points[least].Smoothed)
                least = i;
        double first = points[0].Smoothed, fall = first - points[least].Smoothed;
        if (fall < LeastFall * Math.Abs(first))
            return new() { Why = exploded ? "The loss exploded before it had fallen: begin the search at a lower rate." : "The loss never fell, at any rate: look at the data and the network." };
        double minimum = points[least].Rate, highest = minimum / Math.Sqrt(10);
        double began = points.First(p => p.Smoothed <= first - (Begun * fall)).Rate;
        string seen = exploded ? $"then it exploded at {points[^1].Rate:G3}" : $"and had not exploded at {points[^1].Rate:G3}, where the search ended";
        return new RateSuggestions
        {
            Minimum = minimum,
            TenthOfMinimum = minimum / 10,
            Steepest = SteepestOf(points, least),
            Lowest = Math.Min(began, WidestBase * highest),
            Highest = highest,
            Why = $"The smoothed loss fell from {first:G4} to {points[least].Smoothed:G4} at a rate of {minimum:G3}, {seen}.",
        };
    }

    /// <summary>By the slope of a least-squares line through some points to both sides.</summary>
    private static double SteepestOf(IReadOnlyList<RatePoint> points, int least)
    {
        int reach = Math.Max(1, points.Count / 20), best = least;
        double steepest = 0;
        for (int i = Math.Min(reach, least); i <= least; i++)
        {
            int from = Math.Max(0, i - reach), to = Math.Min(points.Count - 1, i + reach);
            double slope = Slope(points, from, to);
            if (slope >= steepest) continue;
            (steepest, best) = (slope, i);
        }

        return points[best].Rate;
    }

    // Rates grow by a constant factor, so the point's number is as good as its logarithm.
    private static double Slope(IReadOnlyList<RatePoint> points, int from, int to)
    {
        double middle = (from + to) / 2.0, up = 0, down = 0;
        for (int i = from; i <= to; i++)
        {
            up += (i - middle) * points[i].Smoothed;
            down += (i - middle) * (i - middle);
        }

        return up / down;
    }
}
