using TrainService.Data.Requests;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Sessions;
using TrainService.NeuralNet.State;
using TrainService.Training.Running.Feeding;

namespace TrainService.Training.Compilation;

/// <summary>Bytes that a job takes at its peak: an upper estimate, made before anything is allocated.</summary>
internal static class MemoryEstimate
{
    /// <summary>A run's own overhead: plans, events, buffers of files.</summary>
    private const long Base = 32L << 20;

    /// <summary>What the process may use.</summary>
    public static long Available => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <param name="network">With the layers frozen that are frozen in this phase: what their base gives for a row is kept.</param>
    /// <param name="remembersBest">Early stopping holds one more copy of the weights.</param>
    /// <param name="prunes">Training keeps a mask beside the weights.</param>
    public static long Of(Network network, Optimizer optimizer, int batchSize, int evaluationBatch, DescribedData data, bool remembersBest, bool prunes)
    {
        // Rows made ahead; scratch of the thread that makes them.
        double ahead = data.Augment is null ? 0 : 4.0 * (network.InputShape.Size + data.Target.Length) * (AheadFeed.PlacesFor(Math.Min(batchSize, Math.Max(1, data.Counts.Train))) + 4);
        // Nothing is kept of rows that vary.
        double features = KeptFeatures.Bytes(network, data.Augment is null ? data.Counts.Train : 0) + KeptFeatures.Bytes(network, data.Counts.Validation ?? 0);
        return Whole(OfModel(network, optimizer, batchSize, evaluationBatch, remembersBest, prunes) + OfRows(network.InputShape.Size, data) + ahead + features);
    }

    /// <summary>A number of bytes, as large as such numbers go.</summary>
    public static long Whole(double bytes) => (long)Math.Min(long.MaxValue / 2.0, Base + bytes);

    /// <summary>The dataset's rows in memory.</summary>
    /// <param name="inputs">Numbers in a row of inputs.</param>
    public static double OfRows(long inputs, DescribedData data)
    {
        double rows = data.Counts.Train + (data.Counts.Validation ?? 0.0);
        return rows * ((data.Dataset.StoredType == "uint8" ? 1.0 : 4.0) * inputs + (4.0 * data.Target.Length) + 8);
    }

    /// <summary>What training a network takes beside rows.</summary>
    /// <inheritdoc cref="Of"/>
    public static double OfModel(Network network, Optimizer optimizer, int batchSize, int evaluationBatch, bool remembersBest, bool prunes)
    {
        double weights = 4.0 * network.ParameterCount, slots = weights * OptimizerState.CountFor(optimizer, prunes);
        double gradients = optimizer.ClipNorm is not null || optimizer.GlobalClipNorm is not null ? weights : 0;
        // Every output and its gradient at once: the arena's planner reuses memory, so it stays below this.
        double outputs = 4.0 * (network.InputShape.Size + network.Layers.Sum(l => (double)l.OutputShape.Size));
        double activations = outputs * ((2.0 * batchSize) + evaluationBatch);
        // Transposed kernels for the backward pass; a checkpoint's copy; a resume point's copy of weights and slots.
        double copies = weights + weights + (weights + slots) + (remembersBest ? 2 * weights : 0);
        return weights + slots + gradients + activations + copies;
    }
}
