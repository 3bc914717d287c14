namespace TrainService.Storage.Database;

/// <summary>Where the two databases don't agree on a text.</summary>
/// <param name="Name">Folder of its migrations.</param>
/// <param name="ForUpdate">Locks the rows that a SELECT reads until the transaction ends.</param>
/// <param name="Clock">Milliseconds since 1970, by the clock that all processes share.</param>
/// <param name="LockMigrations">Keeps other processes from migrating at the same time, until the transaction ends.</param>
internal sealed record Dialect(string Name, string ForUpdate, string Clock, string? LockMigrations)
{
    /// <summary>SQLite has one writer at a time: who writes has the lock on everything.</summary>
    public static Dialect Sqlite { get; } = new("Sqlite", "", "CAST(unixepoch('subsec') * 1000 AS INTEGER)", null);

    public static Dialect PostgreSql { get; } = new("PostgreSql", " FOR UPDATE", "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
        "SELECT pg_advisory_xact_lock(7305808869229538401)");
}
