using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs.Kinds;
using TrainService.Specification;

namespace TrainService.Jobs.Sweeps;

/// <summary>
/// Takes sweeps one step further: when they start, when a trial of theirs ends, when a user wants something of them, and with each round of the sweeper. A
/// sweep runs nowhere and holds nothing: each step reads the plan and the trials' rows, and does what is lacking. Steps may be repeated, and taken in
/// several processes at once: a trial has one row by its number, and moves are judged by the table.
/// </summary>
public sealed class SweepDriver(IJobStore store, IJobQueue queue, IDoorbell doorbell, ISpecCompiler compiler, ILogger<SweepDriver> log, TimeProvider? time = null)
{
    public const string Kind = SweepKind.Name;

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly FamilyNews _news = new(queue, doorbell, log);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _steps = new(StringComparer.Ordinal);

    /// <summary>To be called after a move of any job: a sweep that has to do with it takes its next step, beside the caller.</summary>
    public void After(MoveOutcome outcome)
    {
        if (outcome is { Result: MoveResult.Moved, Job: { SweepId: { } sweep } job } && (job.Terminal || job.Status == JobStatus.Paused))
            _ = Task.Run(() => TryAdvanceAsync(sweep));
    }

    /// <summary>As <see cref="AdvanceAsync"/>; what goes wrong is logged, and repeated by the sweeper.</summary>
    public async Task TryAdvanceAsync(string sweepId)
    {
        try
        {
            await AdvanceAsync(sweepId, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            SweepLog.CouldNotAdvance(log, sweepId, e);
        }
    }

    /// <summary>Does whatever is to be done now. Harmless when nothing is.</summary>
    public async Task AdvanceAsync(string sweepId, CancellationToken ct)
    {
        SemaphoreSlim step = _steps.GetOrAdd(sweepId, _ => new(1));
        await step.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (await store.FindAsync(sweepId, ct).ConfigureAwait(false) is not { Kind: Kind, Terminal: false, WaitsFor: null } sweep)
            {
                _steps.TryRemove(sweepId, out _);
                return;
            }
            if (sweep.Status == JobStatus.Queued)
                sweep = await StartAsync(sweep, ct).ConfigureAwait(false) ?? sweep;
            IReadOnlyList<JobRecord> trials = await store.TrialsAsync(sweepId, ct).ConfigureAwait(false);
            switch (sweep.Status)
            {
                case JobStatus.Running:
                    await RunAsync(sweep, trials, ct).ConfigureAwait(false);
                    break;
                case JobStatus.Pausing:
                    foreach (JobRecord trial in trials.Where(t => t.Status is JobStatus.Queued or JobStatus.Running))
                        await MoveAsync(new(trial.Id, JobAction.RequestPause, Reason: "Paused with its sweep."), ct).ConfigureAwait(false);
                    if ((await store.TrialsAsync(sweepId, ct).ConfigureAwait(false)).All(t => t.Terminal || t.Status == JobStatus.Paused))
                        await MoveAsync(new(sweepId, JobAction.Pause, sweep.RunToken, "Paused by the user, its trials too."), ct).ConfigureAwait(false);
                    break;
                case JobStatus.Stopping:
                    foreach (JobRecord trial in trials.Where(t => !t.Terminal && t.Status != JobStatus.Stopping))
                        await MoveAsync(new(trial.Id, JobAction.RequestStop, Reason: "Stopped with its sweep."), ct).ConfigureAwait(false);
                    if ((await store.TrialsAsync(sweepId, ct).ConfigureAwait(false)).All(t => t.Terminal))
                        await EndAsync(sweep, JobAction.Stop, "Stopped by the user; its trials keep what they have learned.", ct).ConfigureAwait(false);
                    break;
            }
        }
        finally
        {
            step.Release();
        }
    }

    /// <summary>How the trials of a sweep stand now.</summary>
    public async Task<SweepRanking> RankAsync(JobRecord sweep, CancellationToken ct)
    {
        SweepPlan plan = SweepPlan.Of(sweep.SummaryJson);
        return SweepRanking.Of(plan, await CurvesAsync(plan, await store.TrialsAsync(sweep.Id, ct).ConfigureAwait(false), ct).ConfigureAwait(false));
    }

    private async Task<JobRecord?> StartAsync(JobRecord sweep, CancellationToken ct)
    {
        MoveOutcome started = await store.MoveAsync(new(sweep.Id, JobAction.Start, NewRunToken: Ids.New("run")), ct).ConfigureAwait(false);
        doorbell.Ring(sweep.Id);
        return started.Job;
    }

    private async Task RunAsync(JobRecord sweep, IReadOnlyList<JobRecord> trials, CancellationToken ct)
    {
        SweepPlan plan = SweepPlan.Of(sweep.SummaryJson);
        bool halves = plan.Rungs.Count > 1;
        IReadOnlyDictionary<int, int?>? decided = halves ? Halving.Decide(plan, await CurvesAsync(plan, trials, ct).ConfigureAwait(false)) : null;
        int room = plan.AtOnce - trials.Count(t => !t.Terminal && !Rests(t));
        foreach (JobRecord trial in trials.Where(t => t.Status == JobStatus.Paused))
        {
            if (decided is null || !Rests(trial))
                await GoOnAsync(trial, rests: false, trial.RestAfter, ct).ConfigureAwait(false);
            else if (decided[trial.Trial!.Value] is not { } epochs)
                await MoveAsync(new(trial.Id, JobAction.RequestStop, Reason: $"Left behind after {trial.RestAfter} epochs: others were better."), ct).ConfigureAwait(false);
            else if (epochs > trial.RestAfter && room-- > 0)
                await GoOnAsync(trial, rests: true, epochs == plan.Rungs[^1] ? null : epochs, ct).ConfigureAwait(false);
        }

        trials = await store.TrialsAsync(sweep.Id, ct).ConfigureAwait(false);
        HashSet<int> there = [.. trials.Select(t => t.Trial!.Value)];
        room = plan.AtOnce - trials.Count(t => !t.Terminal && !Rests(t));
        foreach (SweepTrial next in plan.Trials.Where(t => !there.Contains(t.Number)).Take(Math.Max(0, room)))
            if (!await SubmitAsync(sweep, plan, next, ct).ConfigureAwait(false))
                return;
        if (there.Count == plan.Trials.Count && trials.All(t => t.Terminal))
            await EndAsync(sweep, JobAction.Succeed, null, ct).ConfigureAwait(false);
        else
            await ReportAsync(sweep, plan, trials, ct).ConfigureAwait(false);
    }

    /// <summary>It has come to its rung, as opposed to one that was paused on the way.</summary>
    private static bool Rests(JobRecord trial) => trial is { Status: JobStatus.Paused, RestAfter: { } epochs } && trial.Progress?.Epoch >= epochs;

    private async Task GoOnAsync(JobRecord trial, bool rests, int? restAfter, CancellationToken ct)
    {
        MoveOutcome outcome = await MoveAsync(new(trial.Id, JobAction.Resume) { Rests = rests, RestAfter = restAfter }, ct).ConfigureAwait(false);
        if (outcome is { Result: MoveResult.Moved, Job: { } job })
            await _news.TellAsync([job], ct).ConfigureAwait(false);
    }

    private async Task<bool> SubmitAsync(JobRecord sweep, SweepPlan plan, SweepTrial trial, CancellationToken ct)
    {
        using JsonDocument sent = JsonDocument.Parse(sweep.SpecJson);
        JsonObject spec = JsonObject.Create(TrialSpec.Of(sent.RootElement, trial.Values, trial.Seed, plan.Monitor))!.DeepClone().AsObject();
        spec["name"] = $"{sweep.Name ?? "sweep"} #{trial.Number}";
        if (sweep.FromCheckpoint is { } checkpoint && spec["model"] is JsonObject model && model["from_checkpoint"] is JsonValue from && from.TryGetValue(out string? asked) && ParentCheckpoint.Is(asked))
            model["from_checkpoint"] = checkpoint;
        JsonElement body = JsonSerializer.SerializeToElement(spec);
        CompiledSpec compiled = await compiler.CompileAsync(body, ct).ConfigureAwait(false);
        if (compiled.Errors.Count > 0 || compiled.Envelope is null)
        {
            // It was right when the sweep was taken: its dataset or checkpoint has gone since.
            SpecError? first = compiled.Errors.Count > 0 ? compiled.Errors[0] : null;
            await EndAsync(sweep, JobAction.Fail, $"Trial {trial.Number} can't be submitted: {first?.Pointer} {first?.Detail}", ct).ConfigureAwait(false);
            return false;
        }
        JobRecord job = JobFactory.Create(body, compiled, _time.GetUtcNow(), new Submitter(sweep.Owner, null, sweep.TraceParent)) with
        {
            SweepId = sweep.Id,
            Trial = trial.Number,
            RestAfter = plan.Rungs.Count > 1 ? plan.Rungs[0] : null,
            Labels = new Dictionary<string, string>(compiled.Envelope.Labels) { ["sweep"] = sweep.Id },
            Priority = sweep.Priority,
        };
        SubmitOutcome outcome = await store.SubmitAsync(job, null, ct).ConfigureAwait(false);
        if (outcome.Result == SubmitResult.Created)
        {
            Telemetry.JobSubmitted(job.Kind);
            await _news.TellAsync(outcome.Jobs, ct).ConfigureAwait(false);
        }

        // Another process may have been faster, which is as good; or the sweep has just ended.
        return outcome.Result is SubmitResult.Created or SubmitResult.TrialExists;
    }

    private async Task ReportAsync(JobRecord sweep, SweepPlan plan, IReadOnlyList<JobRecord> trials, CancellationToken ct)
    {
        int over = trials.Count(t => t.Terminal);
        if (sweep.Progress?.Epoch == over)
            return;
        SweepRanking ranking = SweepRanking.Of(plan, await CurvesAsync(plan, trials, ct).ConfigureAwait(false));
        JobProgress progress = new(over, plan.Trials.Count, 0, 0, (double)over / plan.Trials.Count, 0, null, _time.Now());
        await store.ReportAsync(Report(sweep, ranking, progress) with
        {
            Events = [new("progress", ProgressData(progress, ranking), $"progress:trials:{over}")],
        }, ct).ConfigureAwait(false);
        doorbell.Ring(sweep.Id);
    }

    private async Task EndAsync(JobRecord sweep, JobAction action, string? reason, CancellationToken ct)
    {
        SweepPlan plan = SweepPlan.Of(sweep.SummaryJson);
        IReadOnlyList<JobRecord> trials = await store.TrialsAsync(sweep.Id, ct).ConfigureAwait(false);
        SweepRanking ranking = SweepRanking.Of(plan, await CurvesAsync(plan, trials, ct).ConfigureAwait(false));
        JobError? error = action == JobAction.Fail ? new(ErrorClass.User, reason!) : null;
        if (action == JobAction.Succeed && ranking.Best is null)
        {
            JobRecord? failed = trials.FirstOrDefault(t => t.Error is not null);
            (action, reason) = (JobAction.Fail, $"No trial came to a value of {plan.Monitor}." + (failed is null ? "" : $" Trial {failed.Trial}: {failed.Error!.Detail}"));
            error = new(failed?.Error?.Class ?? ErrorClass.User, reason);
        }
        int over = trials.Count(t => t.Terminal);
        JsonObject summary = JsonNode.Parse(sweep.SummaryJson)!.AsObject();
        summary["ranking"] = ranking.ToJson()["ranking"]!.DeepClone();
        await store.ReportAsync(Report(sweep, ranking, new(over, plan.Trials.Count, 0, 0, (double)over / plan.Trials.Count, 0, null, _time.Now())) with
        {
            SummaryJson = summary.ToJsonString(JsonSerializerOptions.Default),
            Events = [new("log", JsonSerializer.Serialize(new { message = Said(ranking) }), "log:ranking")],
        }, ct).ConfigureAwait(false);
        await MoveAsync(new(sweep.Id, action, sweep.RunToken, reason, error), ct).ConfigureAwait(false);
    }

    // As a training says it: whoever shows the one can show the other.
    private static string ProgressData(JobProgress progress, SweepRanking ranking) => new JsonObject
    {
        ["epoch"] = progress.Epoch, ["epochs"] = progress.Epochs, ["step"] = 0, ["steps_per_epoch"] = 0, ["fraction"] = progress.Fraction, ["samples_per_second"] = 0,
        ["eta_seconds"] = null, ["metrics"] = ranking.Best is { } best ? new JsonObject { [ranking.Monitor] = best.Value } : new JsonObject(),
    }.ToJsonString(JsonSerializerOptions.Default);

    private static string Said(SweepRanking ranking) => ranking.Best is not { } best ? "No trial came to a value."
        : $"The best of {ranking.Trials} trials is {best.Job}, number {best.Trial}, with {ranking.Monitor} {best.Value:G6} in epoch {best.Epoch}: "
            + $"{string.Join(", ", ranking.Ranking[0].Values.Select(v => $"{v.Key} {v.Value?.ToJsonString() ?? "null"}"))}.";

    private static RunReport Report(JobRecord sweep, SweepRanking ranking, JobProgress progress)
    {
        JsonObject? best = ranking.Best is not { } trial ? null : new()
        {
            ["checkpoint"] = trial.Checkpoint, ["epoch"] = trial.Epoch, [ranking.Monitor] = trial.Value, ["trial"] = trial.Trial, ["job"] = trial.Job,
        };
        return new(sweep.Id, sweep.RunToken ?? "")
        {
            Progress = progress,
            BestJson = best?.ToJsonString(JsonSerializerOptions.Default),
            LatestJson = best is null ? null : new JsonObject { [ranking.Monitor] = ranking.Best!.Value }.ToJsonString(JsonSerializerOptions.Default),
        };
    }

    private async Task<IReadOnlyList<(JobRecord, TrialCurve)>> CurvesAsync(SweepPlan plan, IReadOnlyList<JobRecord> trials, CancellationToken ct)
    {
        List<(JobRecord, TrialCurve)> curves = [];
        foreach (JobRecord trial in trials)
            curves.Add((trial, TrialCurve.Of(await store.EventsOfTypeAsync(trial.Id, "epoch", ct).ConfigureAwait(false), plan.Monitor)));
        return curves;
    }

    private async Task<MoveOutcome> MoveAsync(JobMove move, CancellationToken ct)
    {
        MoveOutcome outcome = await store.MoveAsync(move, ct).ConfigureAwait(false);
        if (outcome.Result == MoveResult.Moved)
            doorbell.Ring(move.JobId);
        await _news.TellAsync(outcome.Others, ct).ConfigureAwait(false);
        return outcome;
    }
}
