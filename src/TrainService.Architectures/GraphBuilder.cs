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
    private readonly Dictionary<string, int> _unnamed = [];

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

    /// <summary>The name that Keras gives to the next layer without one of its own: conv2d, conv2d_1, conv2d_2 …</summary>
    public string Unnamed(string keras)
    {
        int before = _unnamed.GetValueOrDefault(keras);
        _unnamed[keras] = before + 1;
        return before == 0 ? keras : $"{keras}_{before}";
    }

    public string Conv(string name, string x, int filters, int kernel, int stride = 1, string padding = "valid", bool bias = true, string activation = "linear")
        => Conv(name, x, filters, kernel, kernel, stride, padding, bias, activation);

    public string Conv(string name, string x, int filters, int rows, int columns, int stride, string padding, bool bias, string activation = "linear")
        => Add("conv2d", name, x, ("filters", (long)filters), ("kernel_size", new long[] { rows, columns }), ("strides", Both(stride)), ("padding", padding),
            ("use_bias", bias), ("activation", Registries.All.WithDefaults("activation", activation)));

    public string SeparableConv(string name, string x, int filters, int kernel, int stride = 1, string padding = "same")
        => Add("separable_conv2d", name, x, ("filters", (long)filters), ("kernel_size", Both(kernel)), ("strides", Both(stride)), ("padding", padding), ("use_bias", false));

    public string Depthwise(string name, string x, int kernel, int stride, string padding, int multiplier = 1)
        => Add("depthwise_conv2d", name, x, ("kernel_size", Both(kernel)), ("strides", Both(stride)), ("padding", padding), ("use_bias", false), ("depth_multiplier", (long)multiplier));

    public string Normalize(string name, string x, double momentum, double epsilon, bool scale = true)
        => Add("batch_normalization", name, x, ("momentum", momentum), ("epsilon", epsilon), ("scale", scale));

    public string Activate(string name, string x, string activation)
        => Add("activation", name, x, ("activation", Registries.All.WithDefaults("activation", activation)));

    public string Pad(string name, string x, int top, int bottom, int left, int right)
        => Add("zero_padding2d", name, x, ("padding", Margins(top, bottom, left, right)));

    public string Crop(string name, string x, int top, int bottom, int left, int right)
        => Add("cropping2d", name, x, ("cropping", Margins(top, bottom, left, right)));

    public string MaxPool(string name, string x, int pool, int stride, string padding = "valid")
        => Add("max_pooling2d", name, x, ("pool_size", Both(pool)), ("strides", Both(stride)), ("padding", padding));

    public string AveragePool(string name, string x, int pool, int stride, string padding = "valid")
        => Add("average_pooling2d", name, x, ("pool_size", Both(pool)), ("strides", Both(stride)), ("padding", padding));

    public string Concatenate(string name, params string[] inputs) => Join("concatenate", name, inputs);

    public string Classifier(string name, string x, ArchitectureOptions options)
        => Add("dense", name, x, ("units", (long)options.Classes), ("activation", options.Classifier));

    /// <summary>A hidden dense layer with ReLU.</summary>
    public string Dense(string name, string x, int units)
        => Add("dense", name, x, ("units", (long)units), ("activation", Registries.All.WithDefaults("activation", "relu")));

    private static long[] Both(int n) => [n, n];

    private static JsonElement Margins(int top, int bottom, int left, int right)
        => JsonSerializer.SerializeToElement(new[] { new[] { top, bottom }, new[] { left, right } });
}
