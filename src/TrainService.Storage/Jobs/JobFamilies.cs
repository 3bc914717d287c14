using System.Data.Common;
using System.Text.Json.Nodes;
using Dapper;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Storage.Database;

namespace TrainService.Storage.Jobs;

/// <summary>
/// Jobs that depend on each other, within a transaction: <see cref="JobFamily"/> says what follows, here it is written. Rows are locked from parent to
/// child, so that a child that comes in and a parent that ends see each other.
/// </summary>
internal sealed class JobFamilies(IDatabase database)
{
    /// <summary>A new job as it is to be stored: let go when its parent has succeeded already. Null with the reason when it can't be stored.</summary>
    /// <param name="before">Jobs of the same transaction, by id.</param>
    public async Task<(SubmitResult Refused, JobRecord? Ready)> JoinAsync(DbConnection db, JobRecord job, IReadOnlyDictionary<string, JobRecord> before)
    {
        if (job.SweepId is not null)
        {
            // The sweep's row is locked: of two that decide the same, one comes second and finds the trial.
            if (await FindAsync(db, JobSql.ById, job.SweepId).ConfigureAwait(false) is not { Terminal: false })
                return (SubmitResult.ParentGone, null);
            if (await db.ExecuteScalarAsync<string?>(JobSql.TrialExists, new { job.SweepId, job.Trial }).ConfigureAwait(false) is not null)
                return (SubmitResult.TrialExists, null);
        }
        if (job.WaitsFor is { } waitsFor && !before.ContainsKey(waitsFor))
        {
            JobRecord? parent = await FindAsync(db, JobSql.ById, waitsFor).ConfigureAwait(false);
            if (parent is null or { Terminal: true, Status: not JobStatus.Succeeded })
                return (SubmitResult.ParentGone, null);
            if (parent.Terminal)
            {
                if (await CheckpointAsync(db, job, parent).ConfigureAwait(false) is not { IsThere: true } found)
                    return (SubmitResult.CheckpointGone, null);
                return (default, JobFamily.Release(job, found.Id));
            }
        }

        // Who deletes a checkpoint takes the same lock and then looks for jobs that need it: one of the two sees the other.
        return job.FromCheckpoint is not null && await LockCheckpointAsync(db, job.FromCheckpoint).ConfigureAwait(false) is null
            ? (SubmitResult.CheckpointGone, null)
            : (default, job);
    }

    /// <summary>Writes a move that is legal, with its events.</summary>
    public static async Task<MoveOutcome> WriteAsync(DbConnection db, JobRecord job, JobMove move, JobTransition transition, DateTimeOffset now)
    {
        long lastSeq = await EventLog.AppendAsync(db, job.Id, job.LastSeq, [.. move.Events, transition.StatusEvent!], now).ConfigureAwait(false);
        JobRow row = JobRow.Of(transition.Job with { LastSeq = lastSeq });
        if (await db.ExecuteAsync(JobSql.UpdateMoved, row).ConfigureAwait(false) != 1)
            throw new InvalidOperationException($"The row of {job.Id} changed under its lock.");
        JobRecord moved = transition.Job with { LastSeq = lastSeq, Version = job.Version + 1 };
        return new MoveOutcome(MoveResult.Moved, moved, JobMoves.Legal(moved.Status));
    }

    /// <summary>Does to all that depend on a job what its end means for them, and on to those that depend on these.</summary>
    /// <returns>The jobs that it has changed.</returns>
    public async Task<IReadOnlyList<JobRecord>> FollowAsync(DbConnection db, JobRecord over, DateTimeOffset now)
    {
        List<JobRecord> changed = [];
        Queue<JobRecord> ended = new([over]);
        while (ended.TryDequeue(out JobRecord? parent))
        {
            foreach (JobRecord child in await LockAllAsync(db, JobSql.WaitingFor, parent.Id).ConfigureAwait(false))
                Take(parent.Status == JobStatus.Succeeded
                    ? await ReleaseAsync(db, child, parent, now).ConfigureAwait(false)
                    : await MoveAsync(db, child, JobFamily.EndOf(child, parent), now).ConfigureAwait(false));
            foreach (JobRecord trial in await LockAllAsync(db, JobSql.UnfinishedTrials, parent.Id).ConfigureAwait(false))
                Take(await MoveAsync(db, trial, JobFamily.EndOfTrial(trial, parent), now).ConfigureAwait(false));
        }
        return changed;

        void Take(JobRecord? job)
        {
            if (job is null)
                return;
            changed.Add(job);
            if (job.Terminal)
                ended.Enqueue(job);
        }
    }

    private async Task<JobRecord?> ReleaseAsync(DbConnection db, JobRecord child, JobRecord parent, DateTimeOffset now)
    {
        if (await CheckpointAsync(db, child, parent).ConfigureAwait(false) is not { IsThere: true } found)
            return await MoveAsync(db, child, JobFamily.WithoutCheckpoint(child, ParentCheckpoint.WantedBy(child.ResolvedJson)!), now).ConfigureAwait(false);
        JobRecord released = JobFamily.Release(child, found.Id);
        released = released with { LastSeq = await EventLog.AppendAsync(db, child.Id, child.LastSeq, [JobFamily.ReleasedEvent(released)], now).ConfigureAwait(false) };
        JobRow row = JobRow.Of(released);
        await db.ExecuteAsync(JobSql.UpdateMoved, row).ConfigureAwait(false);
        if (found.Id is not null)
            await db.ExecuteAsync(JobSql.UpdateSpec, row).ConfigureAwait(false);
        return released with { Version = child.Version + 1 };
    }

    /// <summary>The checkpoint of the parent that a job asks for, locked.</summary>
    /// <returns>No id when it asks for none; not there when the parent has none such.</returns>
    private async Task<(bool IsThere, string? Id)> CheckpointAsync(DbConnection db, JobRecord child, JobRecord parent)
    {
        if (ParentCheckpoint.WantedBy(child.ResolvedJson) is not { } which)
            return (true, null);
        string? id = which == ParentCheckpoint.Best
            ? parent.BestJson is { } best ? JsonNode.Parse(best)?["checkpoint"]?.GetValue<string>() : null
            : await db.ExecuteScalarAsync<string?>(JobSql.CheckpointFor, new { job = parent.Id, reason = which }).ConfigureAwait(false);
        return id is not null && await LockCheckpointAsync(db, id).ConfigureAwait(false) is not null ? (true, id) : (false, null);
    }

    private static async Task<JobRecord?> MoveAsync(DbConnection db, JobRecord job, JobMove move, DateTimeOffset now)
    {
        JobTransition transition = JobTransition.Apply(job, move, now);
        return transition.Result == MoveResult.Moved ? (await WriteAsync(db, job, move, transition, now).ConfigureAwait(false)).Job : null;
    }

    private Task<string?> LockCheckpointAsync(DbConnection db, string id)
        => db.ExecuteScalarAsync<string?>(JobSql.CheckpointExists + database.Dialect.ForUpdate, new { id });

    private async Task<JobRecord?> FindAsync(DbConnection db, string sql, string id)
        => (await db.QuerySingleOrDefaultAsync<JobRow>(sql + database.Dialect.ForUpdate, new { id }).ConfigureAwait(false))?.ToRecord();

    private async Task<IReadOnlyList<JobRecord>> LockAllAsync(DbConnection db, string sql, string id)
        => [.. (await db.QueryAsync<JobRow>(sql + database.Dialect.ForUpdate, new { id }).ConfigureAwait(false)).Select(r => r.ToRecord())];
}
