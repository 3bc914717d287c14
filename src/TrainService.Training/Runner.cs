using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using TrainService.Data;
using TrainService.Formats;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.Jobs.Sweeps;
using TrainService.Tensors.Threading;
using TrainService.Training.Compilation;
using TrainService.Training.Kinds;
using TrainService.Training.Running;

namespace TrainService.Training;

/// <summary>
/// Runs one job from wherever it stands to wherever it gets: leases its threads, starts the run with a token of its own, takes up the newest
/// resume point, trains, and makes the move that fits how it ended. One call trains on one thread of its own (and the pool's).
/// </summary>
public sealed class Runner(IJobStore jobs, ICheckpointStore checkpoints, IDoorbell doorbell, DatasetLibrary datasets, ComputePool pool,
    RunFailures failures, ILogger<Runner> log, RunnerOptions? options = null, TimeProvider? time = null, RunLeases? leases = null, SweepDriver? sweeps = null) : IJobRunner
{
    private readonly RunnerOptions _options = options ?? new RunnerOptions();
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <inheritdoc/>
    public Task RunAsync(string jobId, CancellationToken ct) => OwnThread.RunAsync($"train {jobId}", () => Run(jobId, ct));

    private void Run(string jobId, CancellationToken ct)
    {
        using IDisposable? scope = log.BeginScope(new Dictionary<string, object> { ["job"] = jobId });
        if (OwnThread.Wait(jobs.FindAsync(jobId, ct)) is not { Status: JobStatus.Queued, WaitsFor: null } job) return;
        if (job.Kind == SweepDriver.Kind)
        {
            // It computes nothing itself, and must not hold a place or threads that its trials wait for: a step, and it is left to what happens to them.
            if (sweeps is not null) OwnThread.Wait(sweeps.AdvanceAsync(jobId, ct));
            return;
        }
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
            shutDown = Train(running, spec, team, new RunIdentity(jobId, token, RunSession.HashOf(job.ResolvedJson)), ct);
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
        var watch = new RunWatch(jobs, doorbell, identity.JobId, identity.RunToken, ct);
        var reporter = new RunReporter(jobs, doorbell, watch.Lose);
        try
        {
            var services = new RunnerServices(jobs, checkpoints, doorbell, datasets, failures, pool, _options, _time, log);
            return JobKindList.Of(spec.Kind).Run(new RunSession(job, spec, team, identity, reporter, watch, services, ct)).Kind == RunEndKind.ShutDown;
        }
        finally
        {
            OwnThread.Wait(reporter.DisposeAsync().AsTask());
            OwnThread.Wait(watch.DisposeAsync().AsTask());
        }
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
}
