using System.Data.Common;
using Dapper;
using TrainService.Jobs;

namespace TrainService.Storage.Jobs;

/// <summary>The numbered log. Whoever appends holds the job's row, so numbers have no gap and become visible in order.</summary>
internal static class EventLog
{
    private const string Select = "SELECT seq AS Seq, at AS At, type AS Type, data AS Data FROM job_events WHERE job_id = @jobId";

    /// <summary>Up to so many events are counted through, which takes a few milliseconds; of longer logs places are looked up in the index.</summary>
    private const int CountedThrough = 5_000;

    private const string CountUpTo = "SELECT COUNT(*) FROM (SELECT 1 FROM job_events WHERE job_id = @jobId AND type = @type LIMIT @limit) AS counted";

    // The one with which n · (most - 1) / (count - 1) reaches the next whole number: exactly so many, the first and the last among them.
    private const string Counted = """
        SELECT seq AS Seq, at AS At, type AS Type, data AS Data FROM job_events
        WHERE job_id = @jobId AND seq IN (
            SELECT seq FROM (SELECT seq, ROW_NUMBER() OVER (ORDER BY seq) - 1 AS n FROM job_events WHERE job_id = @jobId AND type = @type) AS numbered
            WHERE n = 0 OR n * (@most - 1) / (@count - 1) > (n - 1) * (@most - 1) / (@count - 1))
        ORDER BY seq
        """;

    // The first event of the type at or behind each of so many places, evenly spaced over the log's numbers. CROSS JOIN tells SQLite (3.50) which side
    // comes first: left to itself it went through the whole log and looked each event up among the places, minutes for a million of them.
    internal const string LookedUp = """
        WITH RECURSIVE ends AS (
            SELECT (SELECT MIN(seq) FROM job_events WHERE job_id = @jobId AND type = @type) AS first, (SELECT MAX(seq) FROM job_events WHERE job_id = @jobId AND type = @type) AS last),
        places (i, seq) AS (
            SELECT CAST(0 AS BIGINT), first FROM ends
            UNION ALL SELECT i + 1, first + (i + 1) * (last - first) / (@most - 1) FROM places, ends WHERE i < @most - 1),
        found AS (SELECT DISTINCT (SELECT MIN(e.seq) FROM job_events e WHERE e.job_id = @jobId AND e.type = @type AND e.seq >= p.seq) AS seq FROM places p)
        SELECT e.seq AS Seq, e.at AS At, e.type AS Type, e.data AS Data FROM found CROSS JOIN job_events e WHERE e.job_id = @jobId AND e.seq = found.seq ORDER BY e.seq
        """;

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

    public static async Task<IReadOnlyList<JobEvent>> SampleAsync(DbConnection db, string jobId, string type, int most)
    {
        long count = await db.ExecuteScalarAsync<long>(CountUpTo, new { jobId, type, limit = Math.Max(most, CountedThrough) + 1L }).ConfigureAwait(false);
        return count <= most ? await ReadOfTypeAsync(db, jobId, type).ConfigureAwait(false)
            : await ReadAsync(db, count <= CountedThrough ? Counted : LookedUp, new { jobId, type, most = (long)most, count }).ConfigureAwait(false);
    }

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
