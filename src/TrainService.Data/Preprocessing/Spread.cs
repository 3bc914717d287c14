using TrainService.Specification;

namespace TrainService.Data.Preprocessing;

/// <summary>Over what a fitted step takes its statistics.</summary>
internal static class Spread
{
    public static ArgumentSpec Argument { get; } = Arg.Choice("per",
        "Statistics for each number of a row (feature) or over all of them (all); auto: feature for rows of rank 1, all for pictures.",
        "auto", "auto", "feature", "all");

    public static bool IsPerFeature(string per, IReadOnlyList<int> shape) => per == "feature" || (per == "auto" && shape.Count == 1);

    /// <summary>One value for each number of a row: <paramref name="each"/>, but <paramref name="rest"/> where the number tells a category.</summary>
    public static float[] Where(ReadOnlySpan<bool> numeric, Func<int, double> each, float rest)
    {
        float[] values = new float[numeric.Length];
        for (int i = 0; i < values.Length; i++) values[i] = numeric[i] ? (float)each(i) : rest;
        return values;
    }
}
