using System.Text.Json;
using TrainService.NeuralNet.Catalog;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;
using TrainService.Specification.Reading;

namespace TrainService.NeuralNet.Tests;

/// <summary>Components by the JSON that a job would have for them.</summary>
internal static class Parts
{
    /// <summary>Layers named l0, l1 … unless they say otherwise.</summary>
    public static LayerNode[] Layers(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select((element, i) => new LayerNode($"l{i}", Read<Layer>("layer", element)))];
    }

    public static T Of<T>(string category, string json)
    {
        using JsonDocument document = JsonDocument.Parse(json.StartsWith('{') ? json : $"\"{json}\"");
        return Read<T>(category, document.RootElement);
    }

    private static T Read<T>(string category, JsonElement json)
    {
        SpecErrors errors = new();
        object? part = new SpecReader(Registries.All, errors).ReadComponent(json, category, "")?.Create();
        return errors.Any ? throw new InvalidOperationException(string.Join("; ", errors.All)) : (T)part!;
    }
}
