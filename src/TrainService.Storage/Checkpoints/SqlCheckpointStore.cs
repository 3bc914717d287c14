using System.Data.Common;
using Dapper;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Storage.Database;
using TrainService.Storage.Jobs;

namespace TrainService.Storage.Checkpoints;

/// <summary>Checkpoints and resume points: files first, then the row that makes them count; at deletion the other way round.</summary>
internal sealed class SqlCheckpointStore(IDatabase database, DataFolder folder, TimeProvider time) : ICheckpointStore
{
    private const int LargestPage = 1000;

    private readonly CheckpointFiles _files = new(folder.Checkpoints);
    private readonly ResumePoints _resume = new(folder.Resume);

    public async Task<CheckpointRecord?> SaveAsync(NewCheckpoint checkpoint, Func<Stream, CancellationToken, Task> write, CancellationToken ct)
    {
        if (checkpoint.JobId is not null)
        {
            // Saves writing a file in vain; what counts is the same question in the row's transaction.
            if (await AttemptAsync(checkpoint.JobId, checkpoint.RunToken, ct).ConfigureAwait(false) is null)
                return null;
            if (await FindSameAsync(checkpoint, ct).ConfigureAwait(false) is { } same)
            {
                if (_files.LooksWhole(same))
                    return await RankAsync(checkpoint, same, ct).ConfigureAwait(false) ? same : null;
                await RemoveAsync([same], ct).ConfigureAwait(false);
            }
        }
        string id = Ids.New("ckpt");
        string path = _files.PathOf(checkpoint.JobId, id);
        (long bytes, string sha256) = await CheckpointFiles.WriteAsync(path, write, ct).ConfigureAwait(false);
        CheckpointRecord record = new()
        {
            Id = id, JobId = checkpoint.JobId, Epoch = checkpoint.Epoch, Step = checkpoint.Step, MetricsJson = checkpoint.MetricsJson,
            MetadataJson = checkpoint.MetadataJson, Reason = checkpoint.Reason, Bytes = bytes, Sha256 = sha256,
            CreatedAt = time.Now(), ParentId = checkpoint.ParentId,
        };

        // When this throws, the file stays: a commit that was not answered may have happened. If it has not, the sweep takes the file.
        if (await database.WriteAsync(db => InsertAsync(db, checkpoint, record), ct).ConfigureAwait(false) is { } gone)
        {
            DeleteFiles(gone);
            return record;
        }

        _files.Delete(record.JobId, record.Id);
        return null;
    }

    public Task<CheckpointRecord?> FindAsync(string id, CancellationToken ct) => database.ReadAsync(db => FindAsync(db, CheckpointSql.ById, new { id }), ct);

    public Task<CheckpointPage> ListAsync(string? jobId, string? after, int limit, CancellationToken ct)
    {
        string? afterId = after is null ? null : Cursor.Decode(after, "ckpt_");
        limit = Math.Clamp(limit, 1, LargestPage);
        string sql = CheckpointSql.Select + " WHERE 1 = 1"
            + (jobId is null ? "" : " AND job_id = @jobId")
            + (afterId is null ? "" : " AND id < @afterId")
            + " ORDER BY id DESC LIMIT @rows";
        return database.ReadAsync(async db =>
        {
            List<CheckpointRow> rows = [.. await db.QueryAsync<CheckpointRow>(sql, new { jobId, afterId, rows = limit + 1 }).ConfigureAwait(false)];
            string? next = rows.Count > limit ? Cursor.Encode(rows[limit - 1].Id) : null;
            return new CheckpointPage([.. rows.Take(limit).Select(r => r.ToRecord())], next);
        }, ct);
    }

    public Task<Stream> OpenAsync(CheckpointRecord checkpoint, CancellationToken ct)
        => StorageFaults.GuardAsync(_files.PathOf(checkpoint), () => _files.OpenAsync(checkpoint, ct));

    public Task<CheckpointDeletion> DeleteAsync(string id, CancellationToken ct) => DeleteUnlessNeededAsync(CheckpointSql.ById, id, ct);

    public Task<CheckpointDeletion> DeleteAllAsync(string jobId, CancellationToken ct) => DeleteUnlessNeededAsync(CheckpointSql.OfJob, jobId, ct);

    public async Task<int> PruneAsync(string jobId, string runToken, IReadOnlyCollection<string> keepIds, CancellationToken ct)
    {
        List<CheckpointRecord> gone = await database.WriteAsync<List<CheckpointRecord>>(async db =>
            await db.ExecuteScalarAsync<int?>(CheckpointSql.AttemptOf + database.Dialect.ForUpdate, new { jobId, runToken }).ConfigureAwait(false) is null
                ? [] : await PruneAsync(db, jobId, keepIds).ConfigureAwait(false), ct).ConfigureAwait(false);
        DeleteFiles(gone);
        return gone.Count;
    }

    public async Task<CheckpointRecord?> PinAsync(string id, bool pinned, CancellationToken ct)
    {
        await database.WriteAsync(db => db.ExecuteAsync(CheckpointSql.Pin, new { id, pinned = pinned ? 1 : 0 }), ct).ConfigureAwait(false);
        return await FindAsync(id, ct).ConfigureAwait(false);
    }

    public Task<long> BytesOfAsync(string owner, CancellationToken ct)
        => database.ReadAsync(db => db.ExecuteScalarAsync<long>(CheckpointSql.BytesOfOwner, new { owner }), ct);

    public Task<int> SweepFilesAsync(CancellationToken ct) => FileSweep.RunAsync(database, _files, _resume, time, ct);

    public async Task<bool> SaveResumePointAsync(string jobId, string runToken, Func<Stream, CancellationToken, Task> write, CancellationToken ct)
    {
        if (await AttemptAsync(jobId, runToken, ct).ConfigureAwait(false) is not { } attempt)
            return false;
        bool saved = await _resume.SaveAsync(jobId, attempt, write,
            async () => await AttemptAsync(jobId, runToken, ct).ConfigureAwait(false) is not null, ct).ConfigureAwait(false);
        if (saved && attempt > 1)
            await database.WriteAsync(db => db.ExecuteAsync(CheckpointSql.ClearFailures, new { jobId, runToken }), ct).ConfigureAwait(false);
        return saved;
    }

    public Task<Stream?> OpenResumePointAsync(string jobId, CancellationToken ct, Action<string>? damaged = null)
        => StorageFaults.GuardAsync(_resume.FolderOf(jobId), () => _resume.OpenAsync(jobId, ct, damaged));

    public Task DeleteResumePointsAsync(string jobId, CancellationToken ct)
    {
        StorageFaults.Guard(_resume.FolderOf(jobId), () => _resume.Delete(jobId));
        return Task.CompletedTask;
    }

    /// <returns>What had to go for it; null when the run is fenced.</returns>
    private async Task<List<CheckpointRecord>?> InsertAsync(DbConnection db, NewCheckpoint checkpoint, CheckpointRecord record)
    {
        CheckpointStanding? standing = checkpoint.Standing?.Invoke(record);
        if (await FenceAsync(db, checkpoint, standing?.BestJson).ConfigureAwait(false) is not { } lastSeq)
            return null;
        await db.ExecuteAsync(CheckpointSql.Insert, CheckpointRow.Of(record, checkpoint.Owner)).ConfigureAwait(false);
        if (record.JobId is not null && checkpoint.Announce is { } announce)
        {
            long seq = await EventLog.AppendAsync(db, record.JobId, lastSeq, [announce(record)], time.Now()).ConfigureAwait(false);
            await db.ExecuteAsync(JobSql.UpdateLastSeq, new { seq, id = record.JobId }).ConfigureAwait(false);
        }

        return standing?.KeepIds is { } keep ? await PruneAsync(db, record.JobId!, keep).ConfigureAwait(false) : [];
    }

    /// <summary>For one that was there already: its run was broken off before it could say, or do, what follows from it.</summary>
    private async Task<bool> RankAsync(NewCheckpoint checkpoint, CheckpointRecord same, CancellationToken ct)
    {
        if (checkpoint.Standing?.Invoke(same) is not { } standing)
            return true;
        if (await database.WriteAsync(async db => await FenceAsync(db, checkpoint, standing.BestJson).ConfigureAwait(false) is null ? null
            : standing.KeepIds is { } keep ? await PruneAsync(db, same.JobId!, keep).ConfigureAwait(false) : [], ct).ConfigureAwait(false) is not { } gone)
            return false;
        DeleteFiles(gone);
        return true;
    }

    /// <summary>Locks the job's row for the holder of its token.</summary>
    /// <returns>Number of its last event, 0 for an upload; null when the run is fenced.</returns>
    private static async Task<long?> FenceAsync(DbConnection db, NewCheckpoint checkpoint, string? best) => checkpoint.JobId is null
        ? 0 : await db.ExecuteScalarAsync<long?>(CheckpointSql.Fence, new { jobId = checkpoint.JobId, runToken = checkpoint.RunToken, best }).ConfigureAwait(false);

    private async Task<List<CheckpointRecord>> PruneAsync(DbConnection db, string jobId, IReadOnlyCollection<string> keepIds)
    {
        List<CheckpointRecord> deleted = [];
        foreach (CheckpointRecord c in await LockAsync(db, CheckpointSql.OfJob, jobId).ConfigureAwait(false))
        {
            if (keepIds.Contains(c.Id) || c.Pinned || await db.ExecuteScalarAsync<string?>(CheckpointSql.NeededBy, new { id = c.Id }).ConfigureAwait(false) is not null)
                continue;
            await db.ExecuteAsync(CheckpointSql.Delete, new { id = c.Id }).ConfigureAwait(false);
            deleted.Add(c);
        }

        return deleted;
    }

    private async Task<CheckpointDeletion> DeleteUnlessNeededAsync(string select, string id, CancellationToken ct)
    {
        CheckpointDeletion deletion = await database.WriteAsync(async db =>
        {
            List<CheckpointRecord> found = await LockAsync(db, select, id).ConfigureAwait(false);
            string[] pinned = [.. found.Where(c => c.Pinned).Select(c => c.Id)];
            List<string> neededBy = [];
            foreach (CheckpointRecord c in found)
                neededBy.AddRange(await db.QueryAsync<string>(CheckpointSql.NeededBy, new { id = c.Id }).ConfigureAwait(false));
            CheckpointDeletion result = new(found, pinned, neededBy);
            if (result.Refused)
                return result with { Deleted = [] };
            foreach (CheckpointRecord c in found)
                await db.ExecuteAsync(CheckpointSql.Delete, new { id = c.Id }).ConfigureAwait(false);
            return result;
        }, ct).ConfigureAwait(false);
        DeleteFiles(deletion.Deleted);
        return deletion;
    }

    private async Task RemoveAsync(IReadOnlyList<CheckpointRecord> checkpoints, CancellationToken ct)
    {
        await database.WriteAsync(async db =>
        {
            foreach (CheckpointRecord c in checkpoints)
                await db.ExecuteAsync(CheckpointSql.Delete, new { id = c.Id }).ConfigureAwait(false);
            return 0;
        }, ct).ConfigureAwait(false);
        DeleteFiles(checkpoints);
    }

    /// <summary>After the rows: a file without a row is swept, a row without a file would be a promise broken.</summary>
    private void DeleteFiles(IEnumerable<CheckpointRecord> checkpoints)
    {
        foreach (CheckpointRecord c in checkpoints)
            _files.Delete(c.JobId, c.Id);
    }

    private async Task<List<CheckpointRecord>> LockAsync(DbConnection db, string select, string id)
        => [.. (await db.QueryAsync<CheckpointRow>(select + database.Dialect.ForUpdate, new { id }).ConfigureAwait(false)).Select(r => r.ToRecord())];

    /// <summary>The number of the run that holds the token; null when it holds the job no more.</summary>
    private Task<int?> AttemptAsync(string jobId, string? runToken, CancellationToken ct)
        => database.ReadAsync(db => db.ExecuteScalarAsync<int?>(CheckpointSql.AttemptOf, new { jobId, runToken }), ct);

    private Task<CheckpointRecord?> FindSameAsync(NewCheckpoint c, CancellationToken ct)
        => database.ReadAsync(db => FindAsync(db, CheckpointSql.ByPlace, new { c.JobId, c.Step, c.Reason }), ct);

    private static async Task<CheckpointRecord?> FindAsync(DbConnection db, string sql, object parameters)
        => (await db.QuerySingleOrDefaultAsync<CheckpointRow>(sql, parameters).ConfigureAwait(false))?.ToRecord();
}
