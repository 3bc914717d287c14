using System.Globalization;
using Dapper;
using TrainService.Jobs.Ports;
using TrainService.Storage.Database;
using TrainService.Storage.Jobs;

namespace TrainService.Storage;

/// <summary>The table <c>audit</c>, on either database.</summary>
internal sealed class SqlAuditLog(IDatabase database) : IAuditLog
{
    private const string CursorPrefix = "audit_";
    private const int LargestPage = 1000;

    private const string Insert = """
        INSERT INTO audit (at, actor, action, target, status, address, trace) VALUES (@At, @Actor, @Action, @Target, @Status, @Address, @Trace)
        """;

    private const string Select = """
        SELECT seq AS Seq, at AS At, actor AS Actor, action AS Action, target AS Target, status AS Status, address AS Address, trace AS Trace
        FROM audit WHERE 1 = 1
        """;

    public Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken ct) => database.WriteAsync(async db =>
    {
        foreach (AuditEntry e in entries)
            await db.ExecuteAsync(Insert, new { At = e.At.ToUnixTimeMilliseconds(), e.Actor, e.Action, e.Target, e.Status, e.Address, e.Trace }).ConfigureAwait(false);
        return await db.ExecuteAsync($"DELETE FROM audit WHERE seq <= (SELECT MAX(seq) FROM audit) - {IAuditLog.Kept}").ConfigureAwait(false);
    }, ct);

    public Task<AuditPage> ListAsync(string? actor, string? after, int limit, CancellationToken ct)
    {
        long? before = after is null ? null : Place(after);
        limit = Math.Clamp(limit, 1, LargestPage);
        string sql = Select + (actor is null ? "" : " AND actor = @actor") + (before is null ? "" : " AND seq < @before") + " ORDER BY seq DESC LIMIT @rows";
        return database.ReadAsync(async db =>
        {
            List<Row> rows = [.. await db.QueryAsync<Row>(sql, new { actor, before, rows = limit + 1 }).ConfigureAwait(false)];
            string? next = rows.Count > limit ? Cursor.Encode(string.Create(CultureInfo.InvariantCulture, $"{CursorPrefix}{rows[limit - 1].Seq}")) : null;
            return new AuditPage([.. rows.Take(limit).Select(r => new AuditEntry(JobRow.Time(r.At), r.Actor, r.Action, r.Target, r.Status, r.Address, r.Trace))], next);
        }, ct);
    }

    private static long Place(string cursor)
        => long.TryParse(Cursor.Decode(cursor, CursorPrefix).AsSpan(CursorPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long seq)
            ? seq
            : throw new InvalidCursorException(cursor);

    private sealed class Row
    {
        public long Seq { get; set; }
        public long At { get; set; }
        public string Actor { get; set; } = "";
        public string Action { get; set; } = "";
        public string Target { get; set; } = "";
        public int Status { get; set; }
        public string? Address { get; set; }
        public string? Trace { get; set; }
    }
}
