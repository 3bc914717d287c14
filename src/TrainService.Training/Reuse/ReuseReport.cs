using System.Text.Json.Nodes;
using TrainService.NeuralNet.Graph;

namespace TrainService.Training.Reuse;

/// <summary>Which layers begin with a checkpoint's weights and which do not, for a job's summary and its log. Layers without weights are not told of.</summary>
internal static class ReuseReport
{
    /// <param name="network">As the first phase has it.</param>
    /// <param name="source">The checkpoint's own network.</param>
    public static JsonObject Of(WeightsFrom from, Network network, Network source)
    {
        HashSet<string> taken = new(from.Layers, StringComparer.Ordinal);
        NetworkLayer[] weighted = [.. network.Layers.Where(l => l.ParameterCount > 0)];
        JsonObject report = Of(from, network);
        report["left_out"] = Names(source.Layers.Where(l => l.ParameterCount > 0 && !taken.Contains(l.Name)));
        report["loaded_parameters"] = weighted.Where(l => taken.Contains(l.Name)).Sum(l => l.ParameterCount);
        report["new_parameters"] = weighted.Where(l => !taken.Contains(l.Name)).Sum(l => l.ParameterCount);
        return report;
    }

    /// <inheritdoc cref="Of(WeightsFrom, Network, Network)"/>
    public static JsonObject Of(WeightsFrom from, Network network)
    {
        HashSet<string> taken = new(from.Layers, StringComparer.Ordinal);
        NetworkLayer[] weighted = [.. network.Layers.Where(l => l.ParameterCount > 0)];
        return new JsonObject
        {
            ["checkpoint"] = from.Checkpoint,
            ["loaded"] = Names(weighted.Where(l => taken.Contains(l.Name))),
            ["new"] = Names(weighted.Where(l => !taken.Contains(l.Name))),
            ["frozen"] = Names(weighted.Where(l => !l.Node.Trainable)),
        };
    }

    private static JsonArray Names(IEnumerable<NetworkLayer> layers) => [.. layers.Select(l => (JsonNode?)l.Name)];
}
