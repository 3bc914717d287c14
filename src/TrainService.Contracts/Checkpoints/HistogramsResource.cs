namespace TrainService.Contracts.Checkpoints;

/// <summary>How a network's numbers are spread, layer by layer.</summary>
/// <param name="Dataset">Whose rows the activations are of; null when there are none.</param>
/// <param name="Rows">How many rows.</param>
public sealed record HistogramsResource(string? Dataset, int Rows, IReadOnlyList<LayerHistogramsResource> Layers);

/// <param name="Weights">A histogram for each tensor of the layer.</param>
/// <param name="Activations">Of what it puts out; null without rows.</param>
public sealed record LayerHistogramsResource(string Name, string Type, IReadOnlyList<TensorHistogramResource> Weights, HistogramResource? Activations);

/// <param name="Tensor"><c>layer/role</c>.</param>
public sealed record TensorHistogramResource(string Tensor, HistogramResource Histogram);

/// <param name="Count">How many numbers.</param>
/// <param name="StandardDeviation">Divided by their number.</param>
/// <param name="Zeros">Share of them that is exactly 0.</param>
/// <param name="Bins">Numbers in each of equally wide steps from minimum to maximum.</param>
public sealed record HistogramResource(long Count, double Minimum, double Maximum, double Mean, double StandardDeviation, double Zeros, IReadOnlyList<long> Bins);
