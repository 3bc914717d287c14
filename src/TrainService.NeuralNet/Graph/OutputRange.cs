using TrainService.NeuralNet.Layers.Ports;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Graph;

/// <summary>One of a network's outputs.</summary>
/// <param name="Name">Of the layer that puts it out.</param>
/// <param name="Offset">Where its numbers begin in the row that the network puts out.</param>
public sealed record OutputRange(string Name, Shape Shape, int Offset)
{
    public int Length => checked((int)Shape.Size);

    /// <summary>The outputs of a network, in order; of most networks one.</summary>
    public static IReadOnlyList<OutputRange> Of(Network network)
    {
        NetworkLayer last = network.Output;
        if (last.Layer is not OutputPorts) return [new OutputRange(last.Name, last.OutputShape, 0)];
        List<OutputRange> ranges = [];
        foreach (int input in last.Inputs)
            ranges.Add(new OutputRange(network.Layers[input].Name, network.Layers[input].OutputShape, ranges.Sum(r => r.Length)));
        return ranges;
    }
}
