namespace TrainService.Jobs.Ports;

/// <summary>Who changed what, and who was refused.</summary>
/// <param name="Actor">The id of an API key; "local" for a caller without one on this machine, "anonymous" for one who was refused.</param>
/// <param name="Action">The operation's name, such as submit_job.</param>
/// <param name="Target">What it was done to: the path, or the job that came out of it.</param>
/// <param name="Status">The HTTP status of the answer.</param>
/// <param name="Address">Where the request came from.</param>
/// <param name="Trace">The id of its trace.</param>
public sealed record AuditEntry(DateTimeOffset At, string Actor, string Action, string Target, int Status, string? Address, string? Trace);

/// <param name="Next">Opaque cursor for the next page; null on the last one.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, string? Next);

/// <summary>An append-only record, the newest <see cref="Kept"/> entries of it.</summary>
public interface IAuditLog
{
    /// <summary>How many entries stay.</summary>
    const int Kept = 200_000;

    /// <summary>Adds entries, in this order, in one transaction.</summary>
    Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken ct);

    /// <summary>Newest first; of one actor, or of all.</summary>
    /// <exception cref="InvalidCursorException">The cursor is not one that a page gave.</exception>
    Task<AuditPage> ListAsync(string? actor, string? after, int limit, CancellationToken ct);
}
