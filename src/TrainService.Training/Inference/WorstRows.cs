using System.Numerics.Tensors;
using TrainService.NeuralNet.Losses;

namespace TrainService.Training.Inference;

/// <summary>Keeps the rows with the greatest losses, while all of them go by.</summary>
internal sealed class WorstRows(LoadedNetwork network, Loss loss, int most)
{
    /// <summary>Numbers of a row's target and output that are told.</summary>
    private const int LongestRow = 100;

    private readonly PriorityQueue<WorstRow, double> _kept = new();

    public void Add(int row, ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        double value = loss.Value(prediction, target);
        // What is no number comes first of all.
        double place = double.IsNaN(value) ? double.PositiveInfinity : value;
        if (_kept.Count == most)
        {
            _kept.TryPeek(out _, out double least);
            if (place <= least) return;
            _kept.Dequeue();
        }

        ClassScore? predicted = ClassScores.Of(network, Doubles(prediction), prediction.Length, 1)?[0][0];
        _kept.Enqueue(new WorstRow(row, value, ActualOf(prediction.Length, target), Short(target), Short(prediction), predicted), place);
    }

    /// <summary>Worst first.</summary>
    /// <param name="numbers">Each row's number in its part; null when it is the row itself.</param>
    public IReadOnlyList<WorstRow> Result(IReadOnlyList<int>? numbers)
        => [.. _kept.UnorderedItems.OrderByDescending(i => i.Priority).ThenBy(i => i.Element.Row).Select(i => i.Element with { Row = numbers?[i.Element.Row] ?? i.Element.Row })];

    private string? ActualOf(int outputs, ReadOnlySpan<float> target)
    {
        if (network.ClassNames is not { } names || !(outputs == names.Count || (outputs == 1 && names.Count == 2))) return null;
        int index = target.Length == 1 ? (int)target[0] : TensorPrimitives.IndexOfMax(target);
        return index >= 0 && index < names.Count ? names[index] : null;
    }

    private static double[] Doubles(ReadOnlySpan<float> values)
    {
        double[] all = new double[values.Length];
        for (int i = 0; i < all.Length; i++) all[i] = values[i];
        return all;
    }

    private static float[] Short(ReadOnlySpan<float> values) => values[..Math.Min(values.Length, LongestRow)].ToArray();
}
