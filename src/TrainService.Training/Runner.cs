using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using TrainService.Data;
using TrainService.Data.Requests;
using TrainService.Formats;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.Tensors.Threading;
using TrainService.Training.Checkpoints;
using TrainService.Training.Compilation;
using TrainService.Training.Reuse;
using TrainService.Training.Running;

namespace TrainService.Training;

/// <summary>
/// Runs one job from wherever it stands to wherever it gets: leases its threads, starts the run with a token of its own, takes up the newest
/// resume point, trains, and makes the move that fits how it ended. One call trains on one thread of its own (and the pool's).
/// </summary>
public sealed class Runner(IJobStore jobs, ICheckpointStore checkpoints, IDoorbell doorbell, DatasetLibrary datasets, ComputePool pool,
    RunFailures failures, ILogger<Runner> log, RunnerOptions? options = null, TimeProvider? time = null, RunLeases? leases = null) : IJobRunner
{
    private readonly RunnerOptions _options = options ?? new RunnerOptions();
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <inheritdoc/>
    public Task RunAsync(string jobId, CancellationToken ct) => OwnThread.RunAsync($"train {jobId}", () => Run(jobId, ct));

    private void Run(string jobId, CancellationToken ct)
    {
        using IDisposable? scope = log.BeginScope(new Dictionary<string, object> { ["job"] = jobId });
        if (OwnThread.Wait(jobs.FindAsync(jobId, ct)) is not { Status: JobStatus.Queued } job) return;
        JobReading reading = Read(job.ResolvedJson);
        // The threads first: until they are there the job is waiting, and says so.
        using ComputeTeam team = pool.Lease(Math.Min(reading.Spec?.Threads ?? pool.Threads, pool.Threads), ct);
        string token = Ids.New("run");
        MoveOutcome started = OwnThread.Wait(jobs.MoveAsync(new JobMove(jobId, JobAction.Start, NewRunToken: token) { Lease = leases?.Length }, ct));
        if (started is not { Result: MoveResult.Moved, Job: { } running }) return;
        doorbell.Ring(jobId);
        RunnerLog.Started(log, jobId, running.Attempt, team.Threads);
        using Activity? span = Telemetry.StartRun(running, team.Threads);
        bool shutDown = false;
        try
        {
            // From before the data is loaded: that may take longer than a lease.
            using IDisposable? lease = leases?.Hold(token, () => doorbell.Ring(jobId));
            if (reading.Spec is not { } spec)
                throw new TrainingFailedException($"Its stored spec is not understood any more: {reading.Errors.All[0].Pointer} {reading.Errors.All[0].Detail}");
            shutDown = Train(running, spec, team, new RunIdentity(jobId, token, HashOf(job.ResolvedJson)), ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            GiveUp(running, token, e);
        }
        // The queue must not take an interrupted run for a finished one.
        if (shutDown) ct.ThrowIfCancellationRequested();
    }

    /// <returns>True when the process is going down and the job waits for the next one.</returns>
    private bool Train(JobRecord job, JobSpec spec, ComputeTeam team, RunIdentity identity, CancellationToken ct)
    {
        // From here on a cancelled token is the watch's affair: it tells a user's cancel from a shutdown.
        DataResult<PreparedData> prepared;
        using (Telemetry.Activities.StartActivity("prepare data"))
            prepared = OwnThread.Wait(datasets.PrepareAsync(DatasetRequest.From(spec.Dataset), spec.Seed, CancellationToken.None));
        if (prepared.Value is not { } data) throw new TrainingFailedException($"Its dataset is not to be had: {prepared.Errors[0].Detail}");
        var watch = new RunWatch(jobs, doorbell, identity.JobId, identity.RunToken, ct);
        var reporter = new RunReporter(jobs, doorbell, watch.Lose);
        try
        {
            TrainingPlan plan = TrainingPlanner.Plan(spec, data.InputShape);
            if (spec.RateSearch is not null)
            {
                using var search = new FinderRun(plan, data, team, identity, reporter, watch, checkpoints, new RunClock(_options.ResumeInterval, _time), _time);
                Begin(search, job, spec, identity, FinderRun.HashOf(identity.SpecHash), reporter);
                RunEnd searched = Go(search, job, identity, isLast: false, ct);
                if (searched.Kind != RunEndKind.Finished) return searched.Kind == RunEndKind.ShutDown;
                (spec, identity) = Found(new FinderReport(search.Finder, spec), job, spec, identity, reporter);
                if (spec.Kind == JobArguments.FindKind)
                {
                    Settle(job, identity, searched with { Reason = "The search is over." }, ct);
                    return false;
                }
                plan = TrainingPlanner.Plan(spec, data.InputShape);
            }
            string monitor = spec.Checkpoint.Monitor ?? (data.Validation is null ? "loss" : "val_loss");
            var keeper = new CheckpointKeeper(checkpoints, jobs, doorbell, identity, spec.Checkpoint, monitor,
                TrainingPlanner.HigherIsBetter(monitor, plan.Metrics), CheckpointMetadata.Of(spec, data).ToJson(), WeightsFrom.Of(spec.Model)?.Checkpoint);
            OwnThread.Wait(keeper.LoadAsync(CancellationToken.None));
            using var run = new TrainingRun(plan, data, team, identity, reporter, watch, keeper, checkpoints, new RunClock(_options.ResumeInterval, _time), _time);
            Begin(run, job, spec, identity, identity.SpecHash, reporter);
            return Go(run, job, identity, isLast: true, ct).Kind == RunEndKind.ShutDown;
        }
        finally
        {
            OwnThread.Wait(reporter.DisposeAsync().AsTask());
            OwnThread.Wait(watch.DisposeAsync().AsTask());
        }
    }

    /// <summary>Runs until an end that is settled. The end of a run that is not the job's last is for the caller.</summary>
    private RunEnd Go(IRun run, JobRecord job, RunIdentity identity, bool isLast, CancellationToken ct)
    {
        while (true)
        {
            RunEnd end = run.Run();
            if (end.Kind == RunEndKind.Finished && !isLast) return end;
            // Not settled: the user has let it go on before the pause was made, so the run goes on where it is.
            if (Settle(job, identity, end, ct)) return end;
        }
    }

    /// <summary>Tells what a search has found. What it has chosen becomes part of the resolved spec at once: whoever takes the job up later trains with it.</summary>
    private static (JobSpec Spec, RunIdentity Identity) Found(FinderReport report, JobRecord job, JobSpec spec, RunIdentity identity, RunReporter reporter)
    {
        bool trains = spec.Kind != JobArguments.FindKind;
        JobSpec resolved = trains ? report.Resolve() : spec;
        string? text = trains ? resolved.ToJson() : null;
        reporter.Report(report.Add(new RunReport(identity.JobId, identity.RunToken) { ResolvedJson = text }, job.SummaryJson));
        reporter.Flush();
        return (resolved, text is null ? identity : identity with { SpecHash = HashOf(text) });
    }

    /// <summary>Takes up the newest resume point when there is one, and says how the run begins.</summary>
    /// <param name="specHash">Which resume points are this run's.</param>
    private void Begin(IRun run, JobRecord job, JobSpec spec, RunIdentity identity, string specHash, RunReporter reporter)
    {
        List<NewJobEvent> said = [.. RunEvents.Warnings(job.WarningsJson)];
        bool resumed = false;
        using (Stream? saved = OwnThread.Wait(checkpoints.OpenResumePointAsync(identity.JobId, CancellationToken.None, damaged: file =>
        {
            RunnerLog.Damaged(log, identity.JobId, file);
            said.Add(RunEvents.Log($"The saved state {file} is damaged: the one before it is taken, or the job begins anew.", $"log:damaged:{job.Attempt}:{file}"));
        })))
        {
            if (saved is not null && ResumePoint.Read(saved, specHash) is { } found)
            {
                run.Restore(found.State, found.Tensors);
                resumed = true;
                RunnerLog.Resumed(log, identity.JobId, found.State.Epoch, found.State.Step);
                said.Add(RunEvents.Log($"Taken up after {found.State.Epoch} epochs and {found.State.Step} steps."));
            }
        }
        if (!resumed)
        {
            WeightsFrom? source = WeightsFrom.Of(spec.Model);
            if (source is not null) said.Add(OwnThread.Wait(StartWeights.LayAsync(checkpoints, source, run)));
            if (run.FitLayers(source?.Layers ?? []) is { Count: > 0 } fitted) said.Add(RunEvents.Log($"Fitted to the training rows: {string.Join(", ", fitted)}.", "log:fitted"));
        }

        reporter.Report(new RunReport(identity.JobId, identity.RunToken) { Phase = run.Phase, Progress = run.Progress, Events = said });
    }

    /// <summary>Makes the move that fits the end of a run. False when the run is to go on.</summary>
    private bool Settle(JobRecord job, RunIdentity identity, RunEnd end, CancellationToken ct)
    {
        JobAction action;
        switch (end.Kind)
        {
            case RunEndKind.Finished: action = JobAction.Succeed; break;
            case RunEndKind.Stopped: action = JobAction.Stop; break;
            case RunEndKind.Paused: action = JobAction.Pause; break;
            case RunEndKind.ShutDown: action = JobAction.Requeue; break;
            default:
                if (ForgetIfOver(identity.JobId) is { } over) RunnerLog.EndedByUser(log, identity.JobId, job.Attempt, over);
                else RunnerLog.Lost(log, identity.JobId);
                return true;
        }
        MoveOutcome outcome = OwnThread.Wait(jobs.MoveAsync(new JobMove(identity.JobId, action, identity.RunToken, end.Reason), CancellationToken.None));
        doorbell.Ring(identity.JobId);
        if (outcome.Result == MoveResult.Illegal && action is JobAction.Pause or JobAction.Requeue && outcome.Job is { Terminal: false } && !ct.IsCancellationRequested) return false;
        RunnerLog.Ended(log, identity.JobId, job.Attempt, action.Word(), end.Reason ?? "");
        ForgetIfOver(identity.JobId);
        return true;
    }

    /// <returns>How the job has ended; null when it goes on elsewhere.</returns>
    private string? ForgetIfOver(string jobId)
    {
        JobRecord? job = OwnThread.Wait(jobs.FindAsync(jobId, CancellationToken.None));
        if (job is { Terminal: false }) return null;
        OwnThread.Wait(checkpoints.DeleteResumePointsAsync(jobId, CancellationToken.None));
        return job?.Status.Word() ?? "deleted";
    }

    private void GiveUp(JobRecord job, string token, Exception e)
    {
        JobError error = FailureOf(e);
        Activity.Current?.SetStatus(ActivityStatusCode.Error, error.Detail);
        RunnerLog.Failed(log, job.Id, job.Attempt, error.Class, e);
        try
        {
            MoveOutcome outcome = OwnThread.Wait(failures.FailAsync(job.Id, token, error, [], CancellationToken.None));
            if (outcome.Job is { Terminal: true }) OwnThread.Wait(checkpoints.DeleteResumePointsAsync(job.Id, CancellationToken.None));
        }
        catch (Exception store) when (store is StorageUnavailableException or IOException)
        {
            // Nothing can be written now. The job still stands as running under a token that nobody uses: the sweeper takes it up later.
            RunnerLog.CouldNotSay(log, job.Id, store);
        }
    }

    private static JobError FailureOf(Exception e)
    {
        Exception cause = e is RunReportingException { InnerException: { } inner } ? inner : e;
        return cause switch
        {
            TrainingFailedException => new JobError(ErrorClass.User, cause.Message),
            OutOfMemoryException => new JobError(ErrorClass.Resource, "There was not enough memory. A smaller batch_size needs less."),
            StorageUnavailableException { Fault: StorageFault.Full } => new JobError(ErrorClass.Resource, cause.Message),
            StorageUnavailableException or IOException or TimeoutException => new JobError(ErrorClass.Infrastructure, cause.Message),
            ArrayFormatException => new JobError(ErrorClass.Infrastructure, cause.Message),
            _ => new JobError(ErrorClass.Bug, $"{cause.GetType().Name}: {cause.Message}"),
        };
    }

    private static JobReading Read(string resolved)
    {
        using JsonDocument document = JsonDocument.Parse(resolved);
        return JobVocabulary.Reader.Read(document.RootElement);
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
