using System.Globalization;
using System.Text.Json;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Jobs;

/// <summary>
/// Several jobs in one request, <c>{"chain": [job, job, …]}</c>: each waits for the one before it, unless its <c>parent</c> names an earlier one of the
/// chain by its name, or a job that is there by its id; with <c>"parent": null</c> it waits for none.
/// </summary>
public static class JobChain
{
    public const string Member = "chain";

    /// <summary>What a job calls the one that it waits for.</summary>
    public const string Parent = "parent";

    public const int MostJobs = 100;

    public static bool Is(JsonElement body) => body.ValueKind == JsonValueKind.Object && body.TryGetProperty(Member, out _);

    /// <summary>Where a job of the chain stands in the body.</summary>
    public static string Pointer(int index) => $"/{Member}/{index.ToString(CultureInfo.InvariantCulture)}";

    /// <returns>The jobs as they were sent; none when the chain itself is wrong.</returns>
    public static IReadOnlyList<JsonElement> Read(JsonElement body, List<SpecError> errors)
    {
        foreach (JsonProperty other in body.EnumerateObject().Where(p => p.Name != Member))
            errors.Add(new("/" + other.Name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal), "unknown_key",
                "Beside chain nothing is taken: what belongs to a job stands in that job."));
        JsonElement[] chains = [.. body.EnumerateObject().Where(p => p.Name == Member).Select(p => p.Value)];
        if (chains.Length > 1)
            errors.Add(new($"/{Member}", "duplicate_key", "The key stands twice."));
        JsonElement chain = chains[0];
        if (chain.ValueKind != JsonValueKind.Array)
            errors.Add(new($"/{Member}", "wrong_type", "Expected a list of jobs.") { Got = SpecErrors.Show(chain) });
        else if (chain.GetArrayLength() is 0 or > MostJobs)
            errors.Add(new($"/{Member}", "out_of_range", $"A chain has 1 to {MostJobs} jobs.") { Got = chain.GetArrayLength() });
        return errors.Count > 0 ? [] : [.. chain.EnumerateArray()];
    }

    /// <summary>What a job says of its parent: nothing, null, or a text. Anything else is told of when the job is read.</summary>
    internal static (bool IsGiven, string? Name) ParentOf(JsonElement job)
        => job.ValueKind == JsonValueKind.Object && job.TryGetProperty(Parent, out JsonElement given) ? (true, given.ValueKind == JsonValueKind.String ? given.GetString() : null) : (false, null);

    /// <summary>The last of the jobs before it that has this name; null when none has.</summary>
    internal static int? Find(IReadOnlyList<JsonElement> chain, int before, string name)
    {
        for (int i = before - 1; i >= 0; i--)
            if (chain[i].ValueKind == JsonValueKind.Object && chain[i].TryGetProperty("name", out JsonElement given) && given.ValueKind == JsonValueKind.String && given.ValueEquals(name))
                return i;
        return null;
    }
}
