using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.Jobs.Specs.Kinds;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Checkpoints;
using TrainService.Training.Inference;
using TrainService.Training.Reuse;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds;

/// <summary>Measures a checkpoint on a dataset, as POST /checkpoints/{id}/evaluate does, and leaves what it found in the job's summary.</summary>
internal sealed class Evaluate() : JobKind(JobKinds.Evaluate), ICompiledByItself
{
    private const string From = CheckpointModel.From;

    /// <inheritdoc/>
    public override ICompiledByItself Compiler => this;

    /// <inheritdoc/>
    public async Task<CompiledSpec> CompileAsync(CompileContext context, CancellationToken ct)
    {
        SpecErrors errors = context.Reading.Errors;
        Arguments job = context.Reading.Arguments;
        ComponentValue? model = job.OptionalValue("model");
        if (model is not null && model.Descriptor.Name != From)
            errors.Add("/model", "conflict", "A checkpoint is measured as it is: give {\"from_checkpoint\": \"ckpt_…\"}.");
        foreach (string other in model is null || model.Descriptor.Name != From ? [] : (string[])[CheckpointModel.Until, CheckpointModel.DropLast, CheckpointModel.Append, CheckpointModel.Freeze])
            if (model!.Arguments.IsGiven(other))
                errors.Add($"/model/{other}", "conflict", "A checkpoint is measured as it is; nothing of it is cut, added or frozen.");
        foreach (string other in job.OptionalObject("dataset") is { } asked ? asked.Values.Keys.Where(k => k != "name" && asked.IsGiven(k)) : [])
            errors.Add($"/dataset/{other}", "conflict", "The checkpoint says how rows are read and prepared; only the dataset's name is taken, and which part of it (evaluate.part).");

        bool isParents = model?.Descriptor.Name == From && ParentCheckpoint.Is(model.Arguments.Text(From));
        Reused reused = model?.Descriptor.Name == From && !(isParents && context.Parent is { Kind: SweepKind.Name })
            ? await context.Reuse.ResolveAsync(model, context.Parent, errors, ct).ConfigureAwait(false) : new Reused(null);
        string? dataset = job.OptionalObject("dataset")?.OptionalText("name");
        if (!isParents && reused.CheckpointId is { } id && dataset is null && await context.Checkpoints.FindAsync(id, ct).ConfigureAwait(false) is { } record)
        {
            dataset = CheckpointMetadata.Parse(record.MetadataJson).Dataset;
            if (dataset is null) errors.Add("/dataset", "required", "This checkpoint does not know what data it was trained on: name a dataset.");
        }

        if (isParents && dataset is null && context.Parent is { Faulty: false } before) dataset = JsonNode.Parse(before.ResolvedJson)?["dataset"]?["name"]?.GetValue<string>();
        if (dataset is not null && job.OptionalObject(JobKinds.Evaluate.Name)?.OptionalText(EvaluateKind.Part) is { } part) await CheckPartAsync(context, dataset, part, ct).ConfigureAwait(false);
        if (errors.Any || context.Reading.Spec is not { } spec) return new CompiledSpec { Errors = errors.All };
        Arguments limits = job.Object("limits");
        if (!limits.Has("threads")) spec = spec.With("limits", limits.With("threads", (long)context.Pool.Threads));
        spec = spec.With("parent", context.Parent?.Id);
        return new CompiledSpec
        {
            Warnings = context.Warnings,
            Envelope = new JobEnvelope(spec.Name, spec.Kind, spec.Labels, spec.Priority, spec.MaxAttempts, spec.MaxRuntimeSeconds, spec.Threads!.Value, reused.CheckpointId),
            ResolvedJson = spec.ToJson(),
            SummaryJson = new JsonObject { ["dataset"] = dataset, ["parameters"] = reused.Source?.ParameterCount }.ToJsonString(JsonSerializerOptions.Default),
        };
    }

    /// <inheritdoc/>
    public override RunEnd Run(RunSession session)
    {
        string id = session.Spec.Model.Arguments.Text(From);
        using var networks = new LoadedNetworks(session.Services.Checkpoints);
        var service = new EvaluationService(networks, session.Services.Datasets, session.Services.Pool);
        while (true)
        {
            RunEnd? end = null;
            try
            {
                Answer<Evaluation> answer = OwnThread.Wait(service.EvaluateAsync(id, Question(session.Spec), session.Team, () => Check(session.Watch), CancellationToken.None));
                if (answer.NotFound) throw new TrainingFailedException($"The checkpoint {id} has been deleted.");
                if (answer.Value is not { } found) throw new TrainingFailedException($"It can't be measured: {string.Join(" ", answer.Errors.Select(e => e.Detail))}");
                Tell(session, id, found);
                end = new RunEnd(RunEndKind.Finished);
            }
            catch (InvalidDataException e)
            {
                throw new TrainingFailedException($"The checkpoint {id} can't be read: {e.Message}");
            }
            catch (LeftOffException e)
            {
                end = e.End;
            }

            // Not settled: the user has let it go on in that moment, so it begins anew.
            if (session.TrySettle(end)) return end;
        }
    }

    private static async Task CheckPartAsync(CompileContext context, string dataset, string part, CancellationToken ct)
    {
        if (await context.Datasets.FindAsync(dataset, ct).ConfigureAwait(false) is not { } found) return;
        List<string> there = ["train"];
        if (found.Counts.Validation > 0) there.Insert(0, "validation");
        if (found.Counts.Test > 0) there.Insert(0, "test");
        if (!there.Contains(part))
            context.Reading.Errors.Add($"/{JobKinds.Evaluate.Name}/{EvaluateKind.Part}", "not_found", $"'{dataset}' has no {part} rows of its own, but {string.Join(", ", there)}.", part);
    }

    private static JsonElement Question(JobSpec spec)
    {
        var question = new JsonObject();
        if (spec.Arguments.OptionalObject("dataset")?.OptionalText("name") is { } dataset) question["dataset"] = dataset;
        Arguments own = spec.Arguments.Object(JobKinds.Evaluate.Name);
        if (own.OptionalText(EvaluateKind.Part) is { } part) question["part"] = part;
        if (own.OptionalInteger(EvaluateKind.Limit) is { } limit) question["limit"] = limit;
        return JsonSerializer.SerializeToElement(question);
    }

    // There is nothing to save: whoever takes the job up begins anew, and comes to the same figures.
    private static void Check(RunWatch watch)
    {
        RunEnd? end = watch.Current switch
        {
            Interrupt.Stop => new(RunEndKind.Stopped, "Stopped by the user before it had measured all rows."),
            Interrupt.Pause => new(RunEndKind.Paused, "Paused by the user; it will begin anew."),
            Interrupt.Shutdown => new(RunEndKind.ShutDown, "The service was shut down; the job begins anew when it is back."),
            Interrupt.Lost => new(RunEndKind.Lost),
            _ => null,
        };
        if (end is not null) throw new LeftOffException(end);
    }

    private static void Tell(RunSession session, string checkpoint, Evaluation found)
    {
        JsonObject metrics = RunEvents.Figures(found.Metrics);
        JsonObject summary = JsonNode.Parse(session.Job.SummaryJson)!.AsObject();
        summary["checkpoint"] = checkpoint;
        summary["dataset"] = found.Dataset;
        summary["part"] = found.Part;
        summary["rows"] = found.Rows;
        summary["metrics"] = metrics.DeepClone();
        if (found.Confusion is { } confusion)
            summary["confusion"] = new JsonObject
            {
                ["classes"] = new JsonArray([.. confusion.Classes.Select(c => (JsonNode?)c)]),
                ["matrix"] = new JsonArray([.. confusion.Matrix.Select(r => new JsonArray([.. r.Select(n => (JsonNode?)n)]))]),
                ["per_class"] = new JsonArray([.. confusion.PerClass.Select(c => new JsonObject
                {
                    ["name"] = c.Name, ["precision"] = c.Precision, ["recall"] = c.Recall, ["f1"] = c.F1, ["support"] = c.Support,
                })]),
            };
        session.Reporter.Report(new RunReport(session.Identity.JobId, session.Identity.RunToken)
        {
            Events = [RunEvents.Log($"{found.Rows:N0} {found.Part} rows of {found.Dataset}: {RunEvents.Text(metrics)}.", "log:evaluated", ("metrics", metrics.DeepClone()))],
            LatestJson = RunEvents.Text(metrics),
            SummaryJson = summary.ToJsonString(JsonSerializerOptions.Default),
        });
        session.Reporter.Flush();
    }

    private sealed class LeftOffException(RunEnd end) : Exception
    {
        public RunEnd End => end;
    }
}
