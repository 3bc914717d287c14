using System.Text.Json;
using TrainService.NeuralNet.Graph;
using TrainService.Specification.Reading;
using TrainService.Training.Models;

namespace TrainService.Training.Reuse.Import;

/// <summary>A layer of a Keras model, or a model within it, as the model's description has them: what the names in a file of weights refer to.</summary>
/// <param name="ClassName">Keras's class.</param>
/// <param name="Name">As the description says.</param>
/// <param name="Layer">The network's layer that it became; null for inputs, and for models.</param>
/// <param name="Children">Null for a layer.</param>
internal sealed record KerasNode(string ClassName, string Name, NetworkLayer? Layer, IReadOnlyList<KerasNode>? Children)
{
    /// <summary>The key under which Keras writes what an object is made from.</summary>
    public const string Config = "config";

    private const int MostLevels = 32;

    /// <summary>The layers within that have tensors in Keras, or itself; in order.</summary>
    public IEnumerable<NetworkLayer> Weighted => Children is null ? Layer is { } layer && KerasTensors.Of(layer).Count > 0 ? [layer] : [] : Children.SelectMany(c => c.Weighted);

    /// <summary>The tree of a description in Keras's form; of any other form, the network's layers one after the other.</summary>
    /// <param name="model">As it was sent, or as it stood in the file.</param>
    /// <param name="definition">What was read from it.</param>
    /// <param name="network">What was built of that.</param>
    public static KerasNode Of(JsonElement model, ModelDefinition definition, Network network)
    {
        Dictionary<string, NetworkLayer> byName = network.Layers.Where(l => l.Node.SharedWith is null).ToDictionary(l => l.Name, StringComparer.Ordinal);
        if (LayersOf(model) is not { } layers)
            return new("Sequential", "", null, [.. definition.Nodes.Where(n => byName.ContainsKey(n.Node.Name))
                .Select(n => new KerasNode(n.Value.Descriptor.KerasName ?? n.Value.Descriptor.Name, n.Node.Name, byName[n.Node.Name], null))]);
        Dictionary<string, NetworkLayer> byPlace = new(StringComparer.Ordinal);
        foreach (ModelNode node in definition.Nodes)
            if (byName.TryGetValue(node.Node.Name, out NetworkLayer? layer)) byPlace.TryAdd(Plain(node.Pointer), layer);
        return Model(model, layers, "/model", byPlace, 0);
    }

    private static KerasNode Model(JsonElement model, JsonElement layers, string place, Dictionary<string, NetworkLayer> byPlace, int level)
    {
        var children = new List<KerasNode>();
        int index = 0;
        foreach (JsonElement layer in layers.EnumerateArray())
        {
            string at = $"{place}/layers/{index++}";
            children.Add(level < MostLevels && LayersOf(layer) is { } inner ? Model(layer, inner, at, byPlace, level + 1)
                : new KerasNode(ClassOf(layer), NameOf(layer), byPlace.GetValueOrDefault(at), null));
        }
        return new KerasNode(ClassOf(model), NameOf(model), null, children);
    }

    /// <summary>The layers of a model in Keras's form; null for anything else.</summary>
    public static JsonElement? LayersOf(JsonElement json) => json.ValueKind == JsonValueKind.Object && JsonText.TryGetMember(json, "class_name", out _)
        && JsonText.TryGetMember(json, Config, out JsonElement config) && config.ValueKind == JsonValueKind.Object
        && JsonText.TryGetMember(config, "layers", out JsonElement layers) && layers.ValueKind == JsonValueKind.Array ? layers : null;

    public static string ClassOf(JsonElement layer) => Text(layer, "class_name") ?? "";

    public static string NameOf(JsonElement layer)
        => (layer.ValueKind == JsonValueKind.Object && JsonText.TryGetMember(layer, Config, out JsonElement config) ? Text(config, "name") : null) ?? Text(layer, "name") ?? "";

    // Pointers into Keras's form go through "config"; whoever reads may leave that out.
    private static string Plain(string pointer) => pointer.Replace("/config", "", StringComparison.Ordinal);

    private static string? Text(JsonElement json, string name)
        => json.ValueKind == JsonValueKind.Object && JsonText.TryGetMember(json, name, out JsonElement value) && JsonText.TryGet(value, out string? text) ? text : null;
}
