using System.Data.Common;
using Dapper;
using TrainService.Jobs;

namespace TrainService.Storage.Jobs;

/// <summary>The numbered log. Whoever appends holds the job's row, so numbers have no gap and become visible in order.</summary>
internal static class EventLog
{
    private const string Select = "SELECT seq AS Seq, at AS At, type AS Type, data AS Data FROM job_events WHERE job_id = @jobId";

    private const string Insert = """
        INSERT INTO job_events (job_id, seq, at, type, key, data) VALUES (@JobId, @Seq, @At, @Type, @Key, @Data)
        ON CONFLICT (job_id, key) WHERE key IS NOT NULL DO NOTHING
        """;

    /// <summary>Appends after <paramref name="lastSeq"/>, leaving out events whose key the log has. Returns the last number.</summary>
    public static async Task<long> AppendAsync(DbConnection db, string jobId, long lastSeq, IEnumerable<NewJobEvent> events, DateTimeOffset at)
    {
        long seq = lastSeq;
        foreach (NewJobEvent e in events)
            seq += await db.ExecuteAsync(Insert, new
            {
                JobId = jobId, Seq = seq + 1, At = at.ToUnixTimeMilliseconds(), e.Type, e.Key, Data = e.DataJson,
            }).ConfigureAwait(false);
        return seq;
    }

    public static Task<IReadOnlyList<JobEvent>> ReadAsync(DbConnection db, string jobId, long after, int limit)
        => ReadAsync(db, Select + " AND seq > @after ORDER BY seq LIMIT @limit", new { jobId, after, limit });

    public static Task<IReadOnlyList<JobEvent>> ReadOfTypeAsync(DbConnection db, string jobId, string type)
        => ReadAsync(db, Select + " AND type = @type ORDER BY seq", new { jobId, type });

    private static async Task<IReadOnlyList<JobEvent>> ReadAsync(DbConnection db, string sql, object parameters)
        => [.. (await db.QueryAsync<Row>(sql, parameters).ConfigureAwait(false)).Select(r => new JobEvent(r.Seq, JobRow.Time(r.At), r.Type, r.Data))];

    private sealed class Row
    {
        public long Seq { get; set; }
        public long At { get; set; }
        public string Type { get; set; } = "";
        public string Data { get; set; } = "";
    }
}
