using TrainService.NeuralNet.Losses;

namespace TrainService.NeuralNet.Metrics;

/// <summary>What several metrics need of a row.</summary>
internal static class Rows
{
    /// <summary>Where the largest element is; the first of several. One number is a class index itself.</summary>
    internal static int ArgMax(ReadOnlySpan<float> x)
    {
        int best = 0;
        for (int i = 1; i < x.Length; i++)
            if (x[i] > x[best]) best = i;
        return best;
    }

    /// <summary>The class that a target names: by its index when it is one number, else by its largest element.</summary>
    internal static int Truth(ReadOnlySpan<float> target, int classes)
        => target.Length == 1 ? IndexTarget.Index(target, classes) : ArgMax(target);

    /// <summary>True when targets are class indices for several outputs.</summary>
    internal static bool IsSparse(Loss loss, int outputLength) => outputLength > 1 && loss.TargetLength(outputLength) == 1;
}
