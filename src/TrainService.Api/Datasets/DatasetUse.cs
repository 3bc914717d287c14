using System.Text.Json;
using TrainService.Jobs;
using TrainService.Jobs.Ports;

namespace TrainService.Api.Datasets;

/// <summary>Which jobs that are not over need a dataset.</summary>
internal sealed class DatasetUse(IJobStore store)
{
    /// <summary>The oldest one; null when none does.</summary>
    public async Task<string?> FirstJobAsync(string dataset, CancellationToken ct)
    {
        foreach (UnfinishedJob unfinished in await store.UnfinishedAsync(ct))
            if (await store.FindAsync(unfinished.Id, ct) is { Terminal: false } job && Names(job, dataset))
                return job.Id;
        return null;
    }

    private static bool Names(JobRecord job, string dataset)
    {
        using JsonDocument resolved = JsonDocument.Parse(job.ResolvedJson);
        return resolved.RootElement.TryGetProperty("dataset", out JsonElement used) && used.ValueKind == JsonValueKind.Object
            && (Is(used, "name", dataset) || Is(used, "validation", dataset));
    }

    private static bool Is(JsonElement used, string member, string dataset)
        => used.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(dataset);
}
