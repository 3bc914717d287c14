namespace TrainService.Storage;

public enum StorageProvider
{
    /// <summary>One file in the data folder; one process.</summary>
    Sqlite,

    /// <summary>A server; many processes over one shared folder of files.</summary>
    PostgreSql,
}

/// <param name="DataFolder">Where everything lies: the database file (SQLite), checkpoints, resume points. Made when missing.</param>
/// <param name="ConnectionString">PostgreSQL only.</param>
public sealed record StorageOptions(string DataFolder, StorageProvider Provider = StorageProvider.Sqlite, string? ConnectionString = null);
