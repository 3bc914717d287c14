namespace TrainService.NeuralNet.Graph;

/// <summary>A network that cannot be built: which layer, and why.</summary>
public sealed class NetworkException(int layer, string code, string message) : Exception(message)
{
    /// <summary>Index of the layer in the list that was given.</summary>
    public int Layer { get; } = layer;

    /// <summary><c>impossible_shape</c>, <c>unknown_layer</c>, <c>duplicate_name</c>, <c>cycle</c>, <c>too_large</c> …</summary>
    public string Code { get; } = code;
}
