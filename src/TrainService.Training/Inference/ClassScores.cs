namespace TrainService.Training.Inference;

/// <summary>Makes named probabilities of a classifier's outputs.</summary>
internal static class ClassScores
{
    /// <param name="outputs">Rows of <paramref name="length"/> numbers.</param>
    /// <returns>Null when the network does not tell classes.</returns>
    public static IReadOnlyList<IReadOnlyList<ClassScore>>? Of(LoadedNetwork network, double[] outputs, int length, int most)
    {
        if (network.ClassNames is not { } names || !(length == names.Count || (length == 1 && names.Count == 2))) return null;
        return [.. Enumerable.Range(0, outputs.Length / length)
            .Select(r => Rank(names, Probabilities(network, outputs.AsSpan(r * length, length)), most))];
    }

    private static double[] Probabilities(LoadedNetwork network, ReadOnlySpan<double> row)
    {
        bool each = network.Loss.Descriptor.Name.StartsWith("binary_", StringComparison.Ordinal);
        if (row.Length == 1)
        {
            double yes = network.FromLogits ? Sigmoid(row[0]) : row[0];
            return [1 - yes, yes];
        }
        double[] result = row.ToArray();
        if (!network.FromLogits) return result;
        if (each) return [.. result.Select(Sigmoid)];
        double top = result.Max(), sum = result.Sum(x => Math.Exp(x - top));
        return [.. result.Select(x => Math.Exp(x - top) / sum)];
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static ClassScore[] Rank(IReadOnlyList<string> names, double[] probabilities, int most)
        => [.. Enumerable.Range(0, names.Count).OrderByDescending(i => probabilities[i]).ThenBy(i => i).Take(most)
            .Select(i => new ClassScore(names[i], i, probabilities[i]))];
}
