using System.Data.Common;
using Dapper;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Storage.Database;

namespace TrainService.Storage.Jobs;

/// <summary>The jobs table and its log, on either database.</summary>
internal sealed class SqlJobStore(IDatabase database, TimeProvider time) : IJobStore
{
    private const int LargestPage = 1000;

    private readonly JobFamilies _families = new(database);

    public Task<SubmitOutcome> SubmitAsync(IReadOnlyList<JobRecord> jobs, IdempotencyKey? key, CancellationToken ct, int? mostUnfinished = null) => database.WriteAsync(async db =>
    {
        JobRecord first = jobs[0];
        if (mostUnfinished is { } most && first.Owner is not null && await IsOverAsync(db, first.Owner, most - jobs.Count + 1, key).ConfigureAwait(false))
            return new SubmitOutcome(SubmitResult.OverQuota, null);
        if (key is not null)
        {
            // A second writer of the same key waits here for the first, and then finds its row.
            int inserted = await db.ExecuteAsync(JobSql.InsertKey,
                new { key.Owner, key.Key, key.BodyHash, JobId = first.Id, At = time.Now().ToUnixTimeMilliseconds() }).ConfigureAwait(false);
            if (inserted == 0)
                return (await FindByKeyAsync(db, key).ConfigureAwait(false))!;
        }
        Dictionary<string, JobRecord> stored = new(StringComparer.Ordinal);
        foreach (JobRecord job in jobs)
        {
            (SubmitResult refused, JobRecord? ready) = await _families.JoinAsync(db, job, stored).ConfigureAwait(false);
            if (ready is null)
            {
                // Nothing of this transaction stays but what is taken back here.
                foreach (string id in stored.Keys)
                    await db.ExecuteAsync(JobSql.Delete, new { id }).ConfigureAwait(false);
                if (key is not null)
                    await db.ExecuteAsync(JobSql.DeleteKey, key).ConfigureAwait(false);
                return new(refused, null);
            }
            stored[job.Id] = await InsertAsync(db, ready).ConfigureAwait(false);
        }
        return new SubmitOutcome(SubmitResult.Created, stored[first.Id]) { Jobs = [.. jobs.Select(j => stored[j.Id])] };
    }, ct);

    public Task<SubmitOutcome?> FindByKeyAsync(IdempotencyKey key, CancellationToken ct)
        => database.ReadAsync(db => FindByKeyAsync(db, key), ct);

    public Task<JobRecord?> FindAsync(string id, CancellationToken ct) => database.ReadAsync(db => FindAsync(db, JobSql.ById, id), ct);

    public Task<JobPage> ListAsync(JobFilter filter, CancellationToken ct) => database.ReadAsync(async db =>
    {
        int limit = Math.Clamp(filter.Limit, 1, LargestPage);

        // One row more than asked for tells whether there is a next page.
        (string sql, DynamicParameters parameters) = JobListQuery.Build(filter, limit + 1);
        List<JobRow> rows = [.. await db.QueryAsync<JobRow>(sql, parameters).ConfigureAwait(false)];
        string? next = rows.Count > limit ? Cursor.Encode(rows[limit - 1].Id) : null;
        return new JobPage([.. rows.Take(limit).Select(r => r.ToRecord())], next);
    }, ct);

    public Task<int> QueuePositionAsync(JobRecord job, CancellationToken ct) => database.ReadAsync(async db =>
        (int)await db.ExecuteScalarAsync<long>(JobSql.Position,
            new { Band = JobRow.BandOf(job.Priority), job.Id, Now = time.Now().ToUnixTimeMilliseconds() }).ConfigureAwait(false), ct);

    public async Task<MoveOutcome> MoveAsync(JobMove move, CancellationToken ct)
    {
        MoveOutcome outcome = await CommitMoveAsync(move, ct).ConfigureAwait(false);
        if (outcome is { Result: MoveResult.Moved, Job: { Terminal: true } over })
            Telemetry.JobFinished(over);
        foreach (JobRecord other in outcome.Others.Where(j => j.Terminal))
            Telemetry.JobFinished(other);
        return outcome;
    }

    public Task<bool> ReportAsync(RunReport report, CancellationToken ct) => database.WriteAsync(async db =>
    {
        long? lastSeq = await db.ExecuteScalarAsync<long?>(JobSql.UpdateReported, new
        {
            report.JobId, report.RunToken, report.Phase,
            Progress = JobRow.Write(report.Progress), Latest = report.LatestJson, Best = report.BestJson,
        }).ConfigureAwait(false);
        if (lastSeq is not { } last)
            return false;
        if ((report.ResolvedJson is not null || report.SummaryJson is not null) && await LockAsync(db, report.JobId).ConfigureAwait(false) is { } job)
            await db.ExecuteAsync(JobSql.UpdateSpec, JobRow.Of(job with
            {
                ResolvedJson = report.ResolvedJson ?? job.ResolvedJson,
                SummaryJson = report.SummaryJson ?? job.SummaryJson,
            })).ConfigureAwait(false);
        long seq = await EventLog.AppendAsync(db, report.JobId, last, report.Events, time.Now()).ConfigureAwait(false);
        if (seq != last)
            await db.ExecuteAsync(JobSql.UpdateLastSeq, new { seq, id = report.JobId }).ConfigureAwait(false);
        return true;
    }, ct);

    public Task<JobRecord?> EditAsync(string id, JobEdit edit, CancellationToken ct) => database.WriteAsync<JobRecord?>(async db =>
    {
        if (await LockAsync(db, id).ConfigureAwait(false) is not { } job)
            return null;
        JobRecord edited = job with
        {
            Name = edit.Name ?? job.Name,
            Labels = edit.Labels ?? job.Labels,
            Priority = edit.Priority ?? job.Priority,
            Version = job.Version + 1,
        };
        await db.ExecuteAsync(JobSql.UpdateEdited, JobRow.Of(edited)).ConfigureAwait(false);
        if (edit.Labels is not null)
        {
            await db.ExecuteAsync(JobSql.DeleteLabels, new { id }).ConfigureAwait(false);
            await InsertLabelsAsync(db, id, edit.Labels).ConfigureAwait(false);
        }
        return edited;
    }, ct);

    public Task<bool> DeleteAsync(string id, CancellationToken ct)
        => database.WriteAsync(async db => await db.ExecuteAsync(JobSql.DeleteTerminal, new { id }).ConfigureAwait(false) == 1, ct);

    public Task<IReadOnlyList<JobRecord>> TrialsAsync(string sweepId, CancellationToken ct) => database.ReadAsync<IReadOnlyList<JobRecord>>(async db =>
        [.. (await db.QueryAsync<JobRow>(JobSql.Trials, new { id = sweepId }).ConfigureAwait(false)).Select(r => r.ToRecord())], ct);

    public Task<IReadOnlyList<UnfinishedJob>> UnfinishedAsync(CancellationToken ct) => database.ReadAsync<IReadOnlyList<UnfinishedJob>>(async db =>
        [.. (await db.QueryAsync<UnfinishedRow>(JobSql.Unfinished(database.Dialect.Clock)).ConfigureAwait(false)).Select(r => new UnfinishedJob(
            r.Id, JobWords.ParseStatus(r.Status), r.Priority, r.RunToken, r.Losses, JobRow.OptionalTime(r.NotBefore), r.Leased != 0, r.Waits != 0, r.Kind))], ct);

    public async Task<IReadOnlyCollection<string>> RenewLeasesAsync(IReadOnlyCollection<string> runTokens, TimeSpan lease, CancellationToken ct)
        => runTokens.Count == 0 ? [] : await database.WriteAsync<IReadOnlyCollection<string>>(async db =>
        {
            List<string> held = [];
            foreach (string token in runTokens.Order(StringComparer.Ordinal))
                if (await db.ExecuteAsync(JobSql.RenewLease(database.Dialect.Clock), new { token, milliseconds = (long)lease.TotalMilliseconds }).ConfigureAwait(false) == 1)
                    held.Add(token);
            return held;
        }, ct).ConfigureAwait(false);

    public Task<IReadOnlyList<string>> FinishedBeforeAsync(DateTimeOffset time, int limit, CancellationToken ct)
        => database.ReadAsync<IReadOnlyList<string>>(async db =>
            [.. await db.QueryAsync<string>(JobSql.FinishedBefore, new { before = time.ToUnixTimeMilliseconds(), limit }).ConfigureAwait(false)], ct);

    public Task<IReadOnlyList<JobEvent>> EventsAsync(string jobId, long after, int limit, CancellationToken ct)
        => database.ReadAsync(db => EventLog.ReadAsync(db, jobId, after, Math.Clamp(limit, 1, LargestPage)), ct);

    public Task<IReadOnlyList<JobEvent>> EventsOfTypeAsync(string jobId, string type, CancellationToken ct)
        => database.ReadAsync(db => EventLog.ReadOfTypeAsync(db, jobId, type), ct);

    public Task<IReadOnlyList<JobEvent>> EventSampleAsync(string jobId, string type, int most, CancellationToken ct)
        => database.ReadAsync(db => EventLog.SampleAsync(db, jobId, type, Math.Max(2, most)), ct);

    private Task<MoveOutcome> CommitMoveAsync(JobMove move, CancellationToken ct) => database.WriteAsync(async db =>
    {
        if (await LockAsync(db, move.JobId).ConfigureAwait(false) is not { } job)
            return new MoveOutcome(MoveResult.NotFound, null, []);
        DateTimeOffset now = time.Now();
        JobTransition transition = JobTransition.Apply(job, move, now);
        if (transition.Result != MoveResult.Moved)
            return new MoveOutcome(transition.Result, job, JobMoves.Legal(job.Status));

        MoveOutcome moved = await JobFamilies.WriteAsync(db, job, move, transition, now).ConfigureAwait(false);
        if (move.Lease is { } lease)
            await db.ExecuteAsync(JobSql.SetLease(database.Dialect.Clock), new { id = job.Id, milliseconds = (long)lease.TotalMilliseconds }).ConfigureAwait(false);
        return moved.Job!.Terminal ? moved with { Others = await _families.FollowAsync(db, moved.Job, now).ConfigureAwait(false) } : moved;
    }, ct);

    private static async Task<JobRecord> InsertAsync(DbConnection db, JobRecord job)
    {
        JobRecord stored = job with { Version = 1, LastSeq = 1 };
        JobRow row = JobRow.Of(stored);
        await db.ExecuteAsync(JobSql.Insert, row).ConfigureAwait(false);
        await db.ExecuteAsync(JobSql.InsertSpec, row).ConfigureAwait(false);
        await InsertLabelsAsync(db, job.Id, job.Labels).ConfigureAwait(false);
        await EventLog.AppendAsync(db, job.Id, 0, [JobTransition.QueuedEvent(job)], job.QueuedAt).ConfigureAwait(false);
        return stored;
    }

    private static async Task<JobRecord?> FindAsync(DbConnection db, string sql, string id)
        => (await db.QuerySingleOrDefaultAsync<JobRow>(sql, new { id }).ConfigureAwait(false))?.ToRecord();

    private Task<JobRecord?> LockAsync(DbConnection db, string id) => FindAsync(db, JobSql.ById + database.Dialect.ForUpdate, id);

    private static async Task<SubmitOutcome?> FindByKeyAsync(DbConnection db, IdempotencyKey key)
    {
        if (await db.QuerySingleOrDefaultAsync<KeyRow>(JobSql.ByKey, new { key.Owner, key.Key }).ConfigureAwait(false) is not { } row)
            return null;
        if (row.BodyHash != key.BodyHash)
            return new(SubmitResult.KeyReused, null);
        JobRecord? first = await FindAsync(db, JobSql.ById, row.JobId).ConfigureAwait(false);
        return first?.ChainId is not { } chain ? new(SubmitResult.Repeated, first)
            : new(SubmitResult.Repeated, first) { Jobs = [.. (await db.QueryAsync<JobRow>(JobSql.OfChain, new { id = chain }).ConfigureAwait(false)).Select(r => r.ToRecord())] };
    }

    // A repeat makes no job, so it is answered however many there are.
    private static async Task<bool> IsOverAsync(DbConnection db, string owner, int most, IdempotencyKey? key)
        => await db.ExecuteScalarAsync<long>(JobSql.UnfinishedOfOwner, new { Owner = owner }).ConfigureAwait(false) >= most
            && (key is null || await FindByKeyAsync(db, key).ConfigureAwait(false) is null);

    private static async Task InsertLabelsAsync(DbConnection db, string id, IReadOnlyDictionary<string, string> labels)
    {
        foreach ((string name, string value) in labels)
            await db.ExecuteAsync(JobSql.InsertLabel, new { Id = id, Name = name, Value = value }).ConfigureAwait(false);
    }

    private sealed class UnfinishedRow
    {
        public string Id { get; set; } = "";
        public string Status { get; set; } = "";
        public int Priority { get; set; }
        public string? RunToken { get; set; }
        public int Losses { get; set; }
        public long? NotBefore { get; set; }
        public long Leased { get; set; }
        public long Waits { get; set; }
        public string Kind { get; set; } = "";
    }

    private sealed class KeyRow
    {
        public string BodyHash { get; set; } = "";
        public string JobId { get; set; } = "";
    }
}
