using TrainService.Formats;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers.Ports;
using TrainService.Specification;
using TrainService.Training.Models;

namespace TrainService.Training.Export.Folding;

/// <summary>Folds each batch normalization that stands directly behind a layer with a kernel into that layer, where nobody else sees what is in between.</summary>
internal sealed class NormalizationFolding
{
    private readonly Network _network;
    private readonly Dictionary<string, ComponentValue> _values;
    private readonly HashSet<string> _calledAgain;
    private readonly Dictionary<string, string> _into = new(StringComparer.Ordinal);
    private readonly List<FoldedNormalization> _folded = [];
    private readonly List<KeptNormalization> _kept = [];

    /// <param name="tensors">Single precision, by name; left as they are.</param>
    public NormalizationFolding(ModelDefinition definition, Network network, IReadOnlyDictionary<string, NamedArray> tensors)
    {
        _network = network;
        _values = definition.Nodes.Where(n => n.Node.Name != ModelDefinition.Outputs).ToDictionary(n => n.Node.Name, n => n.Value, StringComparer.Ordinal);
        _calledAgain = [.. network.Layers.Select(l => l.Node.SharedWith).OfType<string>()];
        Tensors = new Dictionary<string, NamedArray>(tensors, StringComparer.Ordinal);
        foreach (NetworkLayer layer in network.Layers)
            if (layer.Layer.TypeName == "batch_normalization")
                Fold(layer);
    }

    /// <summary>Those of the folded network.</summary>
    public Dictionary<string, NamedArray> Tensors { get; }

    /// <summary>The layer that took over, for each normalization that is gone.</summary>
    public IReadOnlyDictionary<string, string> Into => _into;

    public FoldingReport Report => new(_folded, _kept);

    private void Fold(NetworkLayer normalization)
    {
        string? reason = WhyNot(normalization, out NetworkLayer? layer);
        FoldedWeights? made = reason is null ? FoldedWeights.Of(layer!, normalization, _values[normalization.Name].Arguments, Tensors) : null;
        if (made is null)
        {
            _kept.Add(new(normalization.Name, reason ?? $"the weights of '{layer!.Name}' would leave the range of single precision"));
            return;
        }
        (Tensors[made.Kernel.Name], Tensors[made.Bias.Name]) = (made.Kernel, made.Bias);
        foreach (var parameter in normalization.Parameters) Tensors.Remove($"{normalization.Name}/{parameter.Name}");
        _into.Add(normalization.Name, layer!.Name);
        _folded.Add(new(normalization.Name, layer.Name));
    }

    private string? WhyNot(NetworkLayer normalization, out NetworkLayer? layer)
    {
        layer = null;
        if (IsShared(normalization)) return "it is called on several inputs";
        if (normalization.Inputs is not [>= 0 and var before] || _network.Layers[before].Layer is InputPort) return "it stands behind the model's input";
        if (ReadersOf(normalization).Any(l => l.Layer is OutputPorts)) return "one of the model's outputs is named after it";
        NetworkLayer source = _network.Layers[before];
        if (ReadersOf(source).Count() > 1) return $"others take what '{source.Name}' puts out too";
        // What stands there may be a normalization that is folded itself.
        if (_into.TryGetValue(source.Name, out string? into)) source = _network.Layers.First(l => l.Name == into);
        if (!FoldedWeights.Kernels.ContainsKey(source.Layer.TypeName)) return $"'{source.Name}' before it is a {_values[source.Name].Descriptor.Name}, which has no kernel";
        if (IsShared(source)) return $"'{source.Name}' before it is called on several inputs";
        if (_values[source.Name].Arguments.OptionalValue("activation") is { Descriptor.Name: not "linear" and var activation }) return $"'{source.Name}' before it has the activation {activation}";
        layer = source;
        return null;
    }

    private bool IsShared(NetworkLayer layer) => layer.Node.SharedWith is not null || _calledAgain.Contains(layer.Name);

    private IEnumerable<NetworkLayer> ReadersOf(NetworkLayer layer) => _network.Layers.Where(l => l.Inputs.Contains(layer.Index));
}
