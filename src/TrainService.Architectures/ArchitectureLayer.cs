using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.Architectures;

/// <summary>A layer of a network: what it is, and what it takes in.</summary>
/// <param name="Name">As Keras names it.</param>
/// <param name="Inputs">Names of layers before it, or the input's.</param>
public sealed record ArchitectureLayer(string Name, ComponentValue Value, IReadOnlyList<string> Inputs)
{
    public LayerNode ToNode() => new(Name, (Layer)Value.Create(), Inputs);
}

/// <summary>A network as a list of layers, each after its inputs; the last one is the output.</summary>
public sealed record ArchitectureGraph(string InputName, IReadOnlyList<int> InputShape, IReadOnlyList<ArchitectureLayer> Layers)
{
    /// <summary>Layers with a kernel on the longest way from the input to the output, as the papers count: 16 of VGG16, 121 of DenseNet121.</summary>
    public int Depth(Network network)
    {
        Dictionary<string, int> depths = new() { [InputName] = 0 };
        foreach ((ArchitectureLayer layer, NetworkLayer built) in Layers.Zip(network.Layers))
            depths[layer.Name] = layer.Inputs.Max(i => depths[i]) + built.Parameters.Count(p => p.Name.EndsWith("kernel", StringComparison.Ordinal));
        return depths.Values.Max();
    }

    public Network ToNetwork() => Network.Build([.. Layers.Select(l => l.ToNode())], new Shape([.. InputShape]), InputName);
}
