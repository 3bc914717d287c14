using TrainService.NeuralNet.Layers;

namespace TrainService.NeuralNet.Graph;

/// <summary>One layer in a network.</summary>
/// <param name="Name">Unique in the network; tensors are named after it ("output/kernel").</param>
/// <param name="Inputs">Names of the layers that it takes its inputs from; empty for the one before it.</param>
public sealed record LayerNode(string Name, Layer Layer, IReadOnlyList<string> Inputs)
{
    public LayerNode(string name, Layer layer)
        : this(name, layer, [])
    {
    }

    /// <summary>Name of the layer before it whose tensors it uses: the same layer called once more. Null when its tensors are its own.</summary>
    public string? SharedWith { get; init; }

    /// <summary>False when it is frozen: its parameters stay as they are, and batch normalization uses its moving statistics.</summary>
    public bool Trainable { get; init; } = true;

    /// <summary>
    /// Of a frozen layer: batch normalization goes by the batch all the same, and leaves its moving statistics as they are. So a network works within
    /// another's training as it does in its own.
    /// </summary>
    public bool NormalizesByBatch { get; init; }
}
