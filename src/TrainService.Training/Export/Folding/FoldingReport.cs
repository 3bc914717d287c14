using System.Text.Json.Nodes;

namespace TrainService.Training.Export.Folding;

/// <summary>What became of a model's batch normalizations.</summary>
internal sealed record FoldingReport(IReadOnlyList<FoldedNormalization> Folded, IReadOnlyList<KeptNormalization> Kept)
{
    public JsonObject ToJson() => new()
    {
        ["folded"] = new JsonArray([.. Folded.Select(f => (JsonNode?)new JsonObject { ["name"] = f.Name, ["into"] = f.Into })]),
        ["kept"] = new JsonArray([.. Kept.Select(k => (JsonNode?)new JsonObject { ["name"] = k.Name, ["reason"] = k.Reason })]),
    };
}

/// <param name="Into">Name of the layer whose kernel and bias do its work now.</param>
internal sealed record FoldedNormalization(string Name, string Into);

/// <param name="Reason">Why it stays a layer.</param>
internal sealed record KeptNormalization(string Name, string Reason);
