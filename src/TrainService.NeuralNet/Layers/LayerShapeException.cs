namespace TrainService.NeuralNet.Layers;

/// <summary>A layer cannot take an input of this shape.</summary>
public sealed class LayerShapeException(string message) : Exception(message);
