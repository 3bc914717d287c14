using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs.Kinds;
using TrainService.Jobs.Sweeps;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Compilation;
using TrainService.Training.Models;
using TrainService.Training.Models.Outputs;
using TrainService.Training.Reuse;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds;

/// <summary>
/// Checks a sweep: every combination of values is checked as the job that it will be. <see cref="SweepDriver"/> does the sweep; it never comes to a run.
/// </summary>
internal sealed class Sweep() : JobKind(JobKinds.Sweep), ICompiledByItself
{
    /// <summary>Combinations with errors that are told of; further ones would say much the same.</summary>
    private const int MostFaulty = 3;

    private const string Own = "/" + SweepKind.Name;

    /// <inheritdoc/>
    public override ICompiledByItself Compiler => this;

    /// <inheritdoc/>
    public async Task<CompiledSpec> CompileAsync(CompileContext context, CancellationToken ct)
    {
        SpecErrors errors = context.Reading.Errors;
        Arguments job = context.Reading.Arguments;
        if (job.OptionalObject(SweepKind.Name) is not { } asked || !asked.Has(SweepKind.Parameters) || !job.Has("seed")) return new CompiledSpec { Errors = errors.All };
        string method = asked.OptionalText(SweepKind.Method) ?? SweepKind.Grid;
        bool halves = method == SweepKind.Halving;
        if (method == SweepKind.Grid && asked.Has(SweepKind.Trials))
            errors.Add($"{Own}/{SweepKind.Trials}", "conflict", "A grid tries every combination; random and halving draw so many.", asked.Integer(SweepKind.Trials));
        if (method != SweepKind.Grid && !asked.Has(SweepKind.Trials))
            errors.Add($"{Own}/{SweepKind.Trials}", "required", $"How many combinations are drawn by a {method} sweep?");
        long[] seeds = asked.Has(SweepKind.Seeds) && asked.Integers(SweepKind.Seeds) is { Count: > 0 } several ? [.. several] : [job.Long("seed")];
        if (halves && seeds.Length > 1)
            errors.Add($"{Own}/{SweepKind.Seeds}", "conflict", "Halving compares trials one by one: sweep over few combinations with several seeds afterwards.");
        var points = SweepPoints.Of((JsonElement)asked.Values[SweepKind.Parameters]!, $"{Own}/{SweepKind.Parameters}", method == SweepKind.Grid ? null : asked.OptionalInteger(SweepKind.Trials) ?? 1,
            (ulong)job.Long("seed"), errors);
        if ((long)points.Count * seeds.Length > SweepKind.MostTrials)
            errors.Add($"{Own}/{SweepKind.Seeds}", "out_of_range", $"{points.Count} combinations with {seeds.Length} seeds are {(long)points.Count * seeds.Length} trials; at most {SweepKind.MostTrials} are taken.");
        else if (points.Count > 0)
            return await PlanAsync(context, asked, method, points, seeds, errors).ConfigureAwait(false);
        return new CompiledSpec { Errors = errors.All };
    }

    /// <inheritdoc/>
    public override RunEnd Run(RunSession session) => throw new InvalidOperationException("A sweep is taken on by its driver.");

    private static async Task<CompiledSpec> PlanAsync(CompileContext context, Arguments asked, string method, IReadOnlyList<IReadOnlyDictionary<string, JsonNode?>> points, long[] seeds, SpecErrors errors)
    {
        string? monitor = asked.OptionalText(SweepKind.Monitor);
        CompiledSpec? first = null;
        int faulty = 0, least = int.MaxValue, most = 0;
        for (int p = 0; p < points.Count && faulty < MostFaulty; p++)
        {
            CompiledSpec trial;
            try
            {
                trial = await context.CompileOther(TrialSpec.Of(context.Body, points[p], seeds[0], monitor)).ConfigureAwait(false);
            }
            catch (ArgumentException e)
            {
                errors.Add(JsonPointer.Member($"{Own}/{SweepKind.Parameters}", e.ParamName ?? ""), "not_found", e.Message.Split(" (Parameter", 2)[0]);
                break;
            }

            foreach (SpecError error in trial.Errors) Add(error, points[p], errors);
            if (trial.Envelope is null) faulty++;
            else
            {
                first ??= trial;
                int epochs = JsonNode.Parse(trial.ResolvedJson)!["epochs"]!.GetValue<int>();
                (least, most) = (Math.Min(least, epochs), Math.Max(most, epochs));
            }
        }

        int firstEpochs = asked.Integer(SweepKind.FirstEpochs), factor = asked.Integer(SweepKind.Factor);
        if (method == SweepKind.Halving && first is not null && least != most)
            errors.Add($"{Own}/{SweepKind.Parameters}", "conflict", "Halving decides how many epochs a trial trains: all trials must end after as many.");
        else if (method == SweepKind.Halving && first is not null && firstEpochs >= most)
            errors.Add($"{Own}/{SweepKind.FirstEpochs}", "out_of_range", $"Trials are first compared before their end, after {most} epochs.", firstEpochs);
        if (errors.Any || first is null || context.Reading.Spec is not { } job) return new CompiledSpec { Errors = errors.All };

        JsonNode resolved = JsonNode.Parse(first.ResolvedJson)!;
        monitor ??= resolved["checkpoint"]!["monitor"]!.GetValue<string>();
        SweepPlan plan = new(method, monitor, HigherIsBetter(asked.Text(SweepKind.Mode), monitor, first), asked.Integer(SweepKind.AtOnce), factor,
            [.. Rungs(method == SweepKind.Halving ? firstEpochs : most, factor, most)],
            [.. points.SelectMany((values, p) => seeds.Select((seed, s) => new SweepTrial((p * seeds.Length) + s + 1, p, values, seed)))]);
        // Layers, shapes, memory and time are those of the first trial.
        JsonObject summary = JsonNode.Parse(first.SummaryJson)!.AsObject();
        summary[SweepPlan.Member] = plan.ToJson();
        if (!points[0].Keys.Any(k => k == "/model" || k.StartsWith("/model/", StringComparison.Ordinal)) && summary["input_shape"] is JsonArray shape)
        {
            JsonObject model = resolved["model"]!.DeepClone().AsObject();
            model.Remove(WeightsFrom.Name);
            summary[ParentModel.Leaves] = new JsonObject { [ParentCheckpoint.Best] = new JsonObject { ["model"] = model, ["input_shape"] = shape.DeepClone() } };
        }
        return new CompiledSpec
        {
            Warnings = [.. context.Warnings, .. first.Warnings],
            Envelope = first.Envelope! with { Name = job.Name, Kind = job.Kind, Labels = job.Labels, Priority = job.Priority },
            ResolvedJson = job.With(JobChain.Parent, context.Parent?.Id).ToJson(),
            SummaryJson = summary.ToJsonString(JsonSerializerOptions.Default),
        };
    }

    private static IEnumerable<int> Rungs(int first, int factor, int end)
    {
        for (long epochs = first; epochs < end; epochs *= factor) yield return (int)epochs;
        yield return end;
    }

    /// <summary>An error of a trial, at the place that the client wrote: the value that was tried where it is that, else the job's own.</summary>
    private static void Add(SpecError error, IReadOnlyDictionary<string, JsonNode?> values, SpecErrors errors)
    {
        string? swept = values.Keys.FirstOrDefault(k => error.Pointer == k || error.Pointer.StartsWith(k + "/", StringComparison.Ordinal)
            // A misspelt name on the way to the value stands nowhere but in the path.
            || (error.Code == "unknown_key" && k.StartsWith(error.Pointer + "/", StringComparison.Ordinal)));
        SpecError placed = swept is not null
            ? error with { Pointer = JsonPointer.Member($"{Own}/{SweepKind.Parameters}", swept), Detail = $"With {values[swept]?.ToJsonString() ?? "null"}: {error.Detail}" }
            : error.Pointer == "/checkpoint/monitor" ? error with { Pointer = $"{Own}/{SweepKind.Monitor}" } : error;
        if (!errors.All.Any(e => e.Pointer == placed.Pointer && (swept is null ? e.Code == placed.Code : e.Detail == placed.Detail))) errors.Add(placed);
    }

    /// <param name="trial">One that was checked: what its metrics are called depends on its loss and its network.</param>
    private static bool HigherIsBetter(string mode, string monitor, CompiledSpec trial)
    {
        if (mode != "auto") return mode == "max";
        using JsonDocument resolved = JsonDocument.Parse(trial.ResolvedJson);
        int[] inputShape = [.. JsonNode.Parse(trial.SummaryJson)!["input_shape"]!.AsArray().Select(n => n!.GetValue<int>())];
        if (JobVocabulary.Reader.Read(resolved.RootElement).Spec is not { } job || NetworkBuilder.Build((ModelDefinition)job.Model.Create(), inputShape, new SpecErrors()) is not { } network) return false;
        return TrainingPlanner.HigherIsBetter(monitor, MetricChoice.Of(job.Metrics, job.WeightedMetrics, NetworkLoss.Of(job.Loss, network), network, new SpecErrors()));
    }
}
