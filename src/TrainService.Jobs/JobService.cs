using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Sweeps;

namespace TrainService.Jobs;

/// <summary>
/// What users can do with jobs. Each action may be repeated. The table is written first; a queue that doesn't answer afterwards
/// changes nothing, since the sweeper makes the queue follow the table.
/// </summary>
public sealed class JobService(IJobStore store, ICheckpointStore checkpoints, IJobQueue queue, IDoorbell doorbell, ISpecCompiler compiler,
    ILogger<JobService> log, TimeProvider? time = null, SweepDriver? sweeps = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly SubmissionReader _reader = new(store, compiler);
    private readonly FamilyNews _news = new(queue, doorbell, log);
    private readonly ConcurrentDictionary<(string Owner, string Key), byte> _inFlight = new();

    /// <summary>Checks the spec and stores the job, or the jobs of a chain; all are on disk and will run when this returns <see cref="SubmitStatus.Created"/>.</summary>
    /// <param name="body">The body of POST /jobs: a job, or a <see cref="JobChain"/>.</param>
    public Task<SubmitAnswer> SubmitAsync(JsonElement body, IdempotencyKey? key, CancellationToken ct, Submitter? submitter = null)
        => OnceAsync(key, () => SubmitNewAsync(body, null, key, submitter, ct), ct);

    /// <summary>What would become of such a body. Stores nothing.</summary>
    public Task<Submission> ValidateAsync(JsonElement body, CancellationToken ct) => _reader.ReadAsync(body, ct);

    /// <summary>A new job that goes on from a checkpoint of another, with a patched spec.</summary>
    /// <param name="checkpointId">Null: the best one, or the newest when none is known to be the best.</param>
    /// <param name="patch">An object, RFC 7396.</param>
    /// <returns>Pointers of errors are those of the body: a spec's member lies under /patch.</returns>
    public Task<SubmitAnswer> ForkAsync(string id, string? checkpointId, JsonElement? patch, IdempotencyKey? key, CancellationToken ct,
        Submitter? submitter = null)
        => OnceAsync(key, () => ForkNewAsync(id, checkpointId, patch, key, submitter, ct), ct);

    /// <summary>Ends it at once, wherever it stands.</summary>
    public async Task<MoveOutcome> CancelAsync(string id, CancellationToken ct)
    {
        MoveOutcome outcome = await MoveAsync(new(id, JobAction.Cancel, Reason: "Cancelled by the user."), ct).ConfigureAwait(false);
        if (outcome.Result is MoveResult.Moved or MoveResult.AlreadyThere)
            await TellQueueAsync(id, () => queue.CancelAsync(id, ct)).ConfigureAwait(false);
        return outcome;
    }

    /// <summary>Has it finish the step, save and end; the weights are kept.</summary>
    public Task<MoveOutcome> StopAsync(string id, CancellationToken ct)
        => MoveAsync(new(id, JobAction.RequestStop, Reason: "Stopped by the user."), ct);

    /// <summary>Has it save its state and free its threads. A waiting one keeps its entry in the queue, which is refused at its start.</summary>
    public Task<MoveOutcome> PauseAsync(string id, CancellationToken ct)
        => MoveAsync(new(id, JobAction.RequestPause, Reason: "Paused by the user."), ct);

    /// <summary>Lets a paused job go on.</summary>
    public async Task<MoveOutcome> ResumeAsync(string id, CancellationToken ct)
    {
        MoveOutcome outcome = await MoveAsync(new(id, JobAction.Resume), ct).ConfigureAwait(false);
        if (outcome is { Result: MoveResult.Moved or MoveResult.AlreadyThere, Job: { Status: JobStatus.Queued, WaitsFor: null } job })
            await EnqueueAsync(job, ct).ConfigureAwait(false);
        return outcome;
    }

    /// <summary>Name, labels, priority. A waiting job moves to its new band. Null when there is no such job.</summary>
    public async Task<JobRecord?> EditAsync(string id, JobEdit edit, CancellationToken ct)
    {
        JobRecord? job = await store.EditAsync(id, edit, ct).ConfigureAwait(false);
        if (job is null)
            return null;
        doorbell.Ring(id);
        if (edit.Priority is not null && job is { Status: JobStatus.Queued, WaitsFor: null })
            await EnqueueAsync(job, ct).ConfigureAwait(false);
        return job;
    }

    /// <summary>Removes a terminal job: its log, its resume points and its checkpoints; nothing when one of these is pinned or needed.</summary>
    public async Task<DeleteAnswer> DeleteAsync(string id, CancellationToken ct)
    {
        if (await store.FindAsync(id, ct).ConfigureAwait(false) is not { } job)
            return new(DeleteStatus.NotFound);
        if (!job.Terminal)
            return new(DeleteStatus.NotTerminal);

        // A sweep counts its trials by their rows.
        if (job.SweepId is { } sweep && await store.FindAsync(sweep, ct).ConfigureAwait(false) is { Terminal: false })
            return new(DeleteStatus.NeededBySweep);

        // The row goes last: a crash in between leaves a job that can be deleted again, never files without a job.
        CheckpointDeletion removed = await checkpoints.DeleteAllAsync(id, ct).ConfigureAwait(false);
        if (removed.Refused)
            return new(DeleteStatus.CheckpointsStay, 0, removed);
        await checkpoints.DeleteResumePointsAsync(id, ct).ConfigureAwait(false);
        await store.DeleteAsync(id, ct).ConfigureAwait(false);
        doorbell.Ring(id);
        return new(DeleteStatus.Deleted, job.LastSeq, removed);
    }

    private async Task<SubmitAnswer> OnceAsync(IdempotencyKey? key, Func<Task<SubmitAnswer>> submit, CancellationToken ct)
    {
        if (key is null)
            return await submit().ConfigureAwait(false);
        if (!_inFlight.TryAdd((key.Owner, key.Key), 0))
            return new(SubmitStatus.InFlight);
        try
        {
            // Asked first, so that a repeat answers the same even when the spec would not compile any more (its dataset is gone, say).
            return await store.FindByKeyAsync(key, ct).ConfigureAwait(false) is { } before ? AnswerOf(before) : await submit().ConfigureAwait(false);
        }
        finally
        {
            _inFlight.TryRemove((key.Owner, key.Key), out _);
        }
    }

    private async Task<SubmitAnswer> ForkNewAsync(string id, string? checkpointId, JsonElement? patch, IdempotencyKey? key, Submitter? submitter, CancellationToken ct)
    {
        if (await store.FindAsync(id, ct).ConfigureAwait(false) is not { } origin)
            return new(SubmitStatus.NotFound);
        if (checkpointId is not null && (await checkpoints.FindAsync(checkpointId, ct).ConfigureAwait(false))?.JobId != id)
            return new(SubmitStatus.Invalid) { Errors = [new("/checkpoint", "not_found", "The job has no such checkpoint.") { Got = checkpointId }] };
        checkpointId ??= JobFork.BestCheckpoint(origin) is { } best && await checkpoints.FindAsync(best, ct).ConfigureAwait(false) is not null ? best
            : (await checkpoints.ListAsync(id, null, 1, ct).ConfigureAwait(false)).Checkpoints.Select(c => c.Id).FirstOrDefault();
        if (checkpointId is null)
            return new(SubmitStatus.NoCheckpoint);
        SubmitAnswer answer = await SubmitNewAsync(JobFork.SpecOf(origin, checkpointId, patch), id, key, submitter, ct).ConfigureAwait(false);
        return answer with { Errors = [.. answer.Errors.Select(e => e with { Pointer = "/patch" + e.Pointer })] };
    }

    private async Task<SubmitAnswer> SubmitNewAsync(JsonElement body, string? forkedFrom, IdempotencyKey? key, Submitter? submitter, CancellationToken ct)
    {
        Submission read = await _reader.ReadAsync(body, ct).ConfigureAwait(false);
        if (read.Errors.Count > 0)
            return new(SubmitStatus.Invalid) { Errors = read.Errors };

        List<JobRecord> jobs = [];
        for (int i = 0; i < read.Specs.Count; i++)
        {
            (string? id, int? index) = read.Parents[i];
            jobs.Add(JobFactory.Create(read.Specs[i], read.Compiled[i], _time.GetUtcNow(), submitter, forkedFrom, index is { } at ? jobs[at].Id : id));
        }
        if (read.IsChain)
            jobs = [.. jobs.Select(j => j with { ChainId = jobs[0].Id })];
        SubmitAnswer answer = AnswerOf(await store.SubmitAsync(jobs, key, ct, submitter?.MostUnfinished).ConfigureAwait(false));
        foreach (JobRecord stored in answer.Status == SubmitStatus.Created ? answer.Jobs : [])
        {
            doorbell.Ring(stored.Id);
            Telemetry.JobSubmitted(stored.Kind);

            // Not the caller's token: the job is on disk, so it is queued even when the caller has hung up.
            if (stored.WaitsFor is null)
                await EnqueueAsync(stored, CancellationToken.None).ConfigureAwait(false);
        }
        return answer;
    }

    private async Task<MoveOutcome> MoveAsync(JobMove move, CancellationToken ct)
    {
        MoveOutcome outcome = await store.MoveAsync(move, ct).ConfigureAwait(false);
        if (outcome.Result == MoveResult.Moved)
            doorbell.Ring(move.JobId);

        // Not the caller's token: what the move has changed is on disk already.
        await _news.TellAsync(outcome.Others, CancellationToken.None).ConfigureAwait(false);
        sweeps?.After(outcome);

        // What is wanted of a sweep is wanted of its trials. One that waits in the queue takes its step there.
        if (sweeps is not null && outcome is { Result: MoveResult.Moved, Job: { Kind: SweepDriver.Kind, Status: not JobStatus.Queued } })
            await sweeps.TryAdvanceAsync(move.JobId).ConfigureAwait(false);
        return outcome;
    }

    private Task EnqueueAsync(JobRecord job, CancellationToken ct)
        => TellQueueAsync(job.Id, () => queue.EnqueueAsync(job.Id, job.Priority, job.NotBefore, ct));

    private async Task TellQueueAsync(string id, Func<Task> tell)
    {
        try
        {
            await tell().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            JobServiceLog.QueueDidNotAnswer(log, id, e);
        }
    }

    private static SubmitAnswer AnswerOf(SubmitOutcome outcome) => outcome.Result switch
    {
        SubmitResult.Created => new(SubmitStatus.Created) { Job = outcome.Job, Jobs = outcome.Jobs },
        SubmitResult.Repeated => new(SubmitStatus.Repeated) { Job = outcome.Job, Jobs = outcome.Jobs },
        SubmitResult.OverQuota => new(SubmitStatus.OverQuota),
        SubmitResult.CheckpointGone => new(SubmitStatus.Invalid)
        {
            Errors = [new("/model/from_checkpoint", "not_found", "There is no such checkpoint: it has been deleted.")],
        },
        SubmitResult.ParentGone => new(SubmitStatus.Invalid)
        {
            Errors = [new($"/{JobChain.Parent}", "conflict", "That job has been deleted in this moment, or has ended without success.")],
        },
        _ => new(SubmitStatus.KeyReused),
    };
}
