using System.Text.Json;
using System.Text.Json.Nodes;

namespace TrainService.Jobs.Sweeps;

/// <summary>How one trial stands.</summary>
/// <param name="Job">Null before it has been submitted.</param>
/// <param name="Value">Of what is monitored, at the best of its epochs; null before there is one.</param>
/// <param name="Epoch">That epoch.</param>
/// <param name="Epochs">How many it has done.</param>
public sealed record TrialStanding(int Trial, string? Job, long Seed, string? Status, double? Value, int? Epoch, int Epochs, string? Checkpoint);

/// <summary>How one combination of values stands: over its seeds.</summary>
/// <param name="Rank">From 1; null before it has a value.</param>
/// <param name="Mean">Of its trials' values.</param>
/// <param name="Deviation">Standard deviation over the seeds (n - 1); null with fewer than two.</param>
public sealed record PointStanding(int? Rank, IReadOnlyDictionary<string, JsonNode?> Values, double? Mean, double? Deviation, IReadOnlyList<TrialStanding> Trials);

/// <summary>What a sweep has found so far: its combinations, the best first.</summary>
public sealed record SweepRanking(string Monitor, string Mode, string Method, int Trials, int Finished, IReadOnlyList<PointStanding> Ranking)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The best trial of the best combination; null before any has a value.</summary>
    public TrialStanding? Best => Ranking.FirstOrDefault(p => p.Rank == 1)?.Trials.Where(t => t.Value is not null)
        .OrderBy(t => Mode == "max" ? -t.Value : t.Value).ThenBy(t => t.Trial).FirstOrDefault();

    public JsonObject ToJson()
    {
        JsonObject json = JsonSerializer.SerializeToNode(this, Json)!.AsObject();
        json.Remove("best");
        return json;
    }

    /// <param name="trials">Those that have been submitted.</param>
    public static SweepRanking Of(SweepPlan plan, IReadOnlyList<(JobRecord Job, TrialCurve Curve)> trials)
    {
        Dictionary<int, (JobRecord Job, TrialCurve Curve)> byNumber = trials.ToDictionary(t => t.Job.Trial!.Value);
        PointStanding[] points = [.. plan.Trials.GroupBy(t => t.Point).OrderBy(g => g.Key).Select(point =>
        {
            TrialStanding[] standing = [.. point.Select(t => byNumber.TryGetValue(t.Number, out var found) ? Standing(t, found.Job, found.Curve) : new(t.Number, null, t.Seed, null, null, null, 0, null))];
            double[] values = [.. standing.Where(t => t.Value is not null).Select(t => t.Value!.Value)];
            double? mean = values.Length == 0 ? null : values.Average();
            double? deviation = values.Length < 2 ? null : Math.Sqrt(values.Sum(v => (v - mean!.Value) * (v - mean.Value)) / (values.Length - 1));
            return new PointStanding(null, point.First().Values, mean, deviation, standing);
        })];

        // A combination of which fewer seeds came through is not better for it: those with more values stand first.
        IEnumerable<PointStanding> ranked = points.Where(p => p.Mean is not null).OrderByDescending(p => p.Trials.Count(t => t.Value is not null))
            .ThenByDescending(p => plan.Rungs.Count > 1 ? p.Trials.Max(t => RungOf(plan, t.Epochs)) : 0)
            .ThenBy(p => plan.HigherIsBetter ? -p.Mean : p.Mean).ThenBy(p => p.Trials[0].Trial).Select((p, i) => p with { Rank = i + 1 });
        return new(plan.Monitor, plan.HigherIsBetter ? "max" : "min", plan.Method, plan.Trials.Count, trials.Count(t => t.Job.Terminal),
            [.. ranked, .. points.Where(p => p.Mean is null)]);

        TrialStanding Standing(SweepTrial trial, JobRecord job, TrialCurve curve)
        {
            (int Epoch, double Value)? best = curve.BestUntil(int.MaxValue, plan.HigherIsBetter);
            return new(trial.Number, job.Id, trial.Seed, job.Status.Word(), best?.Value, best?.Epoch, curve.Epochs,
                job.BestJson is { } kept ? JsonNode.Parse(kept)?["checkpoint"]?.GetValue<string>() : null);
        }
    }

    // Those that were left at a rung are compared with each other only: what is further along has been found better.
    private static int RungOf(SweepPlan plan, int epochs) => plan.Rungs.Count(r => r <= epochs);
}

/// <summary>What is monitored of a trial, epoch by epoch.</summary>
/// <param name="Values">In order of the epochs; those that are no finite number are left out.</param>
/// <param name="Epochs">How many have been done.</param>
public sealed record TrialCurve(IReadOnlyList<(int Epoch, double Value)> Values, int Epochs)
{
    public static TrialCurve Of(IReadOnlyList<JobEvent> epochEvents, string monitor)
    {
        List<(int, double)> values = [];
        int epochs = 0;
        foreach (JobEvent e in epochEvents)
        {
            using JsonDocument data = JsonDocument.Parse(e.DataJson);
            epochs = Math.Max(epochs, data.RootElement.GetProperty("epoch").GetInt32());
            if (data.RootElement.TryGetProperty(monitor, out JsonElement value) && value.ValueKind == JsonValueKind.Number)
                values.Add((data.RootElement.GetProperty("epoch").GetInt32(), value.GetDouble()));
        }
        return new(values, epochs);
    }

    /// <summary>The best one of the first epochs; null when there is none.</summary>
    public (int Epoch, double Value)? BestUntil(int epoch, bool higherIsBetter)
    {
        (int, double)[] candidates = [.. Values.Where(v => v.Epoch <= epoch)];
        return candidates.Length == 0 ? null : candidates.OrderBy(v => higherIsBetter ? -v.Item2 : v.Item2).ThenBy(v => v.Item1).First();
    }
}
