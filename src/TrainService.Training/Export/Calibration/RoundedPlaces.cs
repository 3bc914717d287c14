using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers.Ports;
using TrainService.Specification;

namespace TrainService.Training.Export.Calibration;

/// <summary>
/// Where numbers are rounded to 8 bits on their way through a network: whatever a kernel multiplies, and what it puts out, so that runtimes can do the whole
/// product in whole numbers. What the network itself puts out stays as it is.
/// </summary>
internal sealed class RoundedPlaces
{
    /// <summary>Layers that only move or choose numbers: what lies on a grid before them lies on it behind them.</summary>
    private static readonly HashSet<string> Moving = new(StringComparer.Ordinal)
    {
        "flatten", "reshape", "permute", "max_pooling1d", "max_pooling2d", "global_max_pooling1d", "global_max_pooling2d", "zero_padding1d", "zero_padding2d", "cropping1d", "cropping2d", "up_sampling1d",
    };

    /// <summary>Layers that do nothing when predicting.</summary>
    private static readonly HashSet<string> Idle = new(StringComparer.Ordinal)
    {
        "dropout", "alpha_dropout", "spatial_dropout1d", "spatial_dropout2d", "gaussian_dropout", "gaussian_noise", "masking_noise", "activity_regularization", "kl_sparsity",
    };

    private readonly Network _network;
    private readonly Func<string, ComponentValue> _values;
    private readonly List<NetworkLayer>[] _readers;
    private readonly bool[] _wanted;
    private readonly Dictionary<int, int> _rounded = [];

    /// <param name="values">Layers as they were asked for, by name.</param>
    public RoundedPlaces(Network network, Func<string, ComponentValue> values)
    {
        (_network, _values) = (network, values);
        _readers = [.. Enumerable.Range(-1, network.Layers.Count + 1).Select(i => network.Layers.Where(l => l.Inputs.Contains(i)).ToList())];
        _wanted = new bool[network.Layers.Count + 1];
        for (int i = network.Layers.Count - 1; i >= -1; i--)
            _wanted[i + 1] = _readers[i + 1].Any(r => QuantizedKernel.IsKernelLayer(r) || ((Moving.Contains(r.Layer.TypeName) || Idle.Contains(r.Layer.TypeName)) && _wanted[r.Index + 1]));
        var grid = new int?[network.Layers.Count + 1];
        bool severalInputs = network.Layers.Any(l => l.Layer is InputPort);
        if (_wanted[0] && !severalInputs) Round(-1, -1, grid);
        foreach (NetworkLayer layer in network.Layers)
        {
            if (layer.Layer is OutputPorts || layer.Layer.TypeName == "fake_quantization") continue;
            int? before = layer.Inputs is [var input] ? grid[input + 1] : null;
            if (Idle.Contains(layer.Layer.TypeName)) grid[layer.Index + 1] = before;
            else if (Moving.Contains(layer.Layer.TypeName) && before is { } same && _wanted[layer.Index + 1]) Round(layer.Index, same, grid);
            else if (_wanted[layer.Index + 1] || (IsEnd(layer) && IsRead(layer))) Round(layer.Index, layer.Index, grid);
        }
    }

    /// <summary>By a layer's index (-1: what comes in) the layer whose range is meant.</summary>
    public IReadOnlyDictionary<int, int> Rounded => _rounded;

    private void Round(int layer, int range, int?[] grid) => grid[layer + 1] = _rounded[layer] = range;

    private bool IsRead(NetworkLayer layer) => layer != _network.Output && _readers[layer.Index + 1].Any(r => r.Layer is not OutputPorts);

    /// <summary>
    /// Where a product of whole numbers ends: behind the kernel, with the relu that it ends with or that alone stands behind it, since what is cut off there would
    /// only make the steps wider. Runtimes take these into the product; other activations are rounded where the next kernel takes them.
    /// </summary>
    private bool IsEnd(NetworkLayer layer)
    {
        if (QuantizedKernel.IsKernelLayer(layer)) return IsPlain(_values(layer.Name).Arguments.OptionalValue("activation")) && !_readers[layer.Index + 1].TrueForAll(IsRelu);
        return IsRelu(layer) && layer.Inputs is [>= 0 and var before] && QuantizedKernel.IsKernelLayer(_network.Layers[before]);
    }

    private bool IsRelu(NetworkLayer layer)
        => layer.Layer is not OutputPorts && _values(layer.Name) is var value && (value.Descriptor.Name is "relu" or "relu6" || (value.Descriptor.Name == "activation" && value.Arguments.Value("activation").Descriptor.Name is "relu" or "relu6"));

    private static bool IsPlain(ComponentValue? activation) => activation?.Descriptor.Name is null or "linear" or "relu" or "relu6";
}
