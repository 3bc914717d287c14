using System.Text.Json.Nodes;
using TrainService.Formats.Safetensors;
using TrainService.Training.Inference;

namespace TrainService.Training.Export;

/// <summary>What rounding the weights costs on the data that the checkpoint knows: its metrics before and after.</summary>
internal static class PrecisionLoss
{
    /// <summary>Rows that are looked at, at most: an export is waited for.</summary>
    public const int MostRows = 1000;

    /// <returns>Null when its dataset is gone, or nobody knows of one.</returns>
    public static async Task<JsonObject?> MeasureAsync(EvaluationService evaluation, LoadedNetwork exact, ExportedModel rounded, string precision, CancellationToken ct)
    {
        if (await evaluation.MeasureOnItsOwnAsync(exact, MostRows, ct).ConfigureAwait(false) is not { } before) return null;
        using var weights = new MemoryStream();
        SafetensorsFile.Write(weights, [.. rounded.Tensors.Values]);
        weights.Position = 0;
        using LoadedNetwork network = LoadedNetwork.Load(rounded.Metadata.ToJson(), weights);
        if (await evaluation.MeasureOnItsOwnAsync(network, MostRows, ct).ConfigureAwait(false) is not { } after) return null;
        return new JsonObject { ["dataset"] = before.Dataset, ["part"] = before.Part, ["rows"] = before.Rows, ["float32"] = Metrics(before), [precision] = Metrics(after) };
    }

    private static JsonObject Metrics(Evaluation evaluation) => new(evaluation.Metrics.Select(m => KeyValuePair.Create(m.Key, double.IsFinite(m.Value) ? (JsonNode?)m.Value : null)));
}
