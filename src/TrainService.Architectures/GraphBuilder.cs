using System.Text.Json;
using TrainService.NeuralNet.Catalog;
using TrainService.Specification;

namespace TrainService.Architectures;

/// <summary>Puts layers one behind the other by their names in a job; each call returns the new layer's name, for the next one to take in.</summary>
internal sealed class GraphBuilder
{
    /// <summary>Name of the network's input, as Keras has it.</summary>
    public const string Input = "input_layer";

    private readonly List<ArchitectureLayer> _layers = [];

    public IReadOnlyList<ArchitectureLayer> Layers => _layers;

    public string Add(string type, string name, string input, params ReadOnlySpan<(string Name, object? Value)> arguments) => Join(type, name, [input], arguments);

    public string Join(string type, string name, IReadOnlyList<string> inputs, params ReadOnlySpan<(string Name, object? Value)> arguments)
    {
        ComponentValue layer = Registries.All.WithDefaults("layer", type);
        Arguments all = layer.Arguments;
        foreach ((string argument, object? value) in arguments)
        {
            if (layer.Descriptor.Arguments.All(a => a.Name != argument)) throw new ArgumentException($"A {type} layer has no argument '{argument}'.", nameof(arguments));
            all = all.With(argument, value);
        }

        _layers.Add(new ArchitectureLayer(name, layer with { Arguments = all }, inputs));
        return name;
    }

    public string Conv(string name, string x, int filters, int kernel, int stride = 1, string padding = "valid", bool bias = true)
        => Add("conv2d", name, x, ("filters", (long)filters), ("kernel_size", Both(kernel)), ("strides", Both(stride)), ("padding", padding), ("use_bias", bias));

    public string Depthwise(string name, string x, int kernel, int stride, string padding, bool bias = false)
        => Add("depthwise_conv2d", name, x, ("kernel_size", Both(kernel)), ("strides", Both(stride)), ("padding", padding), ("use_bias", bias));

    public string Normalize(string name, string x, double momentum, double epsilon)
        => Add("batch_normalization", name, x, ("momentum", momentum), ("epsilon", epsilon));

    public string Activate(string name, string x, string activation)
        => Add("activation", name, x, ("activation", Registries.All.WithDefaults("activation", activation)));

    public string Pad(string name, string x, int top, int bottom, int left, int right)
        => Add("zero_padding2d", name, x, ("padding", JsonSerializer.SerializeToElement(new[] { new[] { top, bottom }, new[] { left, right } })));

    public string MaxPool(string name, string x, int pool, int stride, string padding = "valid")
        => Add("max_pooling2d", name, x, ("pool_size", Both(pool)), ("strides", Both(stride)), ("padding", padding));

    public string Classifier(string name, string x, ArchitectureOptions options)
        => Add("dense", name, x, ("units", (long)options.Classes), ("activation", options.ClassifierActivation ?? Registries.All.WithDefaults("activation", "softmax")));

    private static long[] Both(int n) => [n, n];
}
