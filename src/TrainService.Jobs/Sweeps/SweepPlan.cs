using System.Text.Json;
using System.Text.Json.Nodes;

namespace TrainService.Jobs.Sweeps;

/// <summary>One combination of values with one seed: the job that it becomes is its <see cref="Number"/> in the sweep.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Point">The combination, from 0: trials that differ only in their seed share it.</param>
/// <param name="Values">By their places in the job.</param>
public sealed record SweepTrial(int Number, int Point, IReadOnlyDictionary<string, JsonNode?> Values, long Seed);

/// <summary>
/// All that a sweep will do, fixed when it is checked: it stands in the summary of its job. What has been done of it the trials' own rows say, so a
/// sweep has no further state that a crash could take.
/// </summary>
/// <param name="Rungs">Epochs after which trials are compared, rising, the last one the end; only that one without halving.</param>
public sealed record SweepPlan(string Method, string Monitor, bool HigherIsBetter, int AtOnce, int Factor, IReadOnlyList<int> Rungs, IReadOnlyList<SweepTrial> Trials)
{
    /// <summary>Where it stands in the summary.</summary>
    public const string Member = "sweep";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public JsonNode ToJson() => JsonSerializer.SerializeToNode(this, Json)!;

    /// <summary>The plan of a sweep.</summary>
    /// <param name="summaryJson">Of its job.</param>
    public static SweepPlan Of(string summaryJson) => JsonNode.Parse(summaryJson)![Member].Deserialize<SweepPlan>(Json)!;

    /// <summary>How many trials come to a rung: all to the first, one in <see cref="Factor"/> of those before, at least one, to each further one.</summary>
    public int EntrantsOf(int rung)
    {
        int count = Trials.Count;
        for (int i = 0; i < rung; i++)
            count = Math.Max(1, count / Factor);
        return count;
    }
}
