using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Api.Http;
using TrainService.Jobs;
using TrainService.Jobs.Ports;

namespace TrainService.Api.Endpoints;

/// <summary>The curve of a search for a learning rate: out of the job's summary, or, while it is going on, out of what it has said so far.</summary>
internal static class FinderCurve
{
    private const string Search = "lr_find", Rate = "learning_rate";

    /// <returns>Null when the job searches none.</returns>
    public static async Task<IReadOnlyList<JsonElement>?> OfAsync(JobRecord job, IJobStore store, CancellationToken ct)
    {
        if (RawJson.Element(job.SummaryJson) is { ValueKind: JsonValueKind.Object } summary && summary.TryGetProperty(Search, out JsonElement found))
            return [.. found.GetProperty("curve").EnumerateArray()];
        if (RawJson.Element(job.ResolvedJson) is not { ValueKind: JsonValueKind.Object } spec || !spec.TryGetProperty(Search, out JsonElement search)
            || search.ValueKind != JsonValueKind.Object)
            return null;
        return [.. (await store.EventsOfTypeAsync(job.Id, "progress", ct)).Select(e => Point(RawJson.Element(e.DataJson))).OfType<JsonElement>()];
    }

    // Progress of the search has a rate among its figures, that of a training has none.
    private static JsonElement? Point(JsonElement progress)
    {
        if (!progress.TryGetProperty("metrics", out JsonElement figures) || !figures.TryGetProperty(Rate, out _)) return null;
        JsonObject row = JsonObject.Create(figures)!;
        row.Insert(0, "step", progress.GetProperty("step").GetInt32());
        return RawJson.Element(row.ToJsonString());
    }
}
