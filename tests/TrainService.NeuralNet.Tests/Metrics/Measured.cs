using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;

namespace TrainService.NeuralNet.Tests.Metrics;

/// <summary>Metrics over a few rows.</summary>
internal static class Measured
{
    public static Metric Metric(string json, string loss, int outputs)
        => Parts.Of<MetricFactory>("metric", json)(Parts.Of<Loss>("loss", loss), outputs);

    public static double Of(string json, string loss, float[][] predictions, float[][] targets, float[]? weights = null)
        => Result(Metric(json, loss, predictions[0].Length), predictions, targets, weights);

    /// <summary>Adds the rows in two blocks, whose states are then added up: the figure must not mind.</summary>
    public static double Result(Metric metric, float[][] predictions, float[][] targets, float[]? weights = null)
    {
        double[][] blocks = [new double[metric.StateLength], new double[metric.StateLength]];
        for (int i = 0; i < predictions.Length; i++)
            metric.Add(predictions[i], targets[i], weights?[i] ?? 1f, false, blocks[i % 2]);
        return metric.Result([.. blocks[0].Zip(blocks[1], (a, b) => a + b)]);
    }

    /// <summary>One output a row.</summary>
    public static float[][] Column(params float[] values) => [.. values.Select(v => new[] { v })];
}
