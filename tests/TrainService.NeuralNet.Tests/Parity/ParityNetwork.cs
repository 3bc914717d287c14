using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.NeuralNet.Catalog;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Tests.Parity;

/// <summary>A case's layer list as a network.</summary>
internal static class ParityNetwork
{
    /// <summary>The network, or what the engine does not have yet: "Conv2D", or "Dense.kernel_regularizer" for an argument.</summary>
    public static (Network? Network, string? Missing) Of(ParityCase parity)
    {
        JsonElement input = parity.Layers.First().GetProperty("config");
        var shape = new Shape([.. input.GetProperty("batch_shape").EnumerateArray().Skip(1).Select(n => n.GetInt32())]);
        string inputName = input.GetProperty("name").GetString()!;
        List<LayerNode> nodes = [];
        foreach (JsonElement layer in parity.Layers.Skip(1))
        {
            (Layer? made, string? missing) = Read(layer);
            if (made is null) return (null, missing);
            JsonElement config = layer.GetProperty("config");
            string[] inbound = layer.TryGetProperty("inbound", out JsonElement from)
                ? [.. from.EnumerateArray().Select(n => n.GetString()!)]
                : [];
            inbound.ShouldNotContain(inputName, "the engine names no input layer");
            nodes.Add(new LayerNode(config.GetProperty("name").GetString()!, made, inbound)
            {
                Trainable = !config.TryGetProperty("trainable", out JsonElement trainable) || trainable.GetBoolean(),
            });
        }
        return (Network.Build(nodes, shape), null);
    }

    private static (Layer? Layer, string? Missing) Read(JsonElement layer)
    {
        // Name and trainable belong to the layer's place in the network.
        string name = layer.GetProperty("class_name").GetString()!;
        JsonObject config = JsonObject.Create(layer.GetProperty("config"))!;
        config.Remove("trainable");
        JsonElement serialized = JsonSerializer.SerializeToElement(new JsonObject { ["class_name"] = name, ["config"] = config });
        var errors = new SpecErrors();
        ComponentValue? value = new SpecReader(Registries.All, errors).ReadComponent(serialized, "layer", "");
        if (!errors.Any) return ((Layer)value!.Create(), null);
        SpecError first = errors.All[0];
        return (null, first.Code switch
        {
            "unknown_name" => name,
            "unknown_key" => $"{name}.{first.Pointer[(first.Pointer.LastIndexOf('/') + 1)..]}",
            _ => throw new InvalidOperationException($"{first.Pointer}: {first.Detail}"),
        });
    }
}
