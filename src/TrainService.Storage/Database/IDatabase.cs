using System.Data.Common;

namespace TrainService.Storage.Database;

/// <summary>A database that the stores' SQL runs on, whichever it is.</summary>
internal interface IDatabase : IAsyncDisposable
{
    Dialect Dialect { get; }

    /// <summary>Runs statements that only read. One statement sees one state; several may not.</summary>
    Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken ct);

    /// <summary>
    /// Runs the work in a transaction; returns when its effects are on disk. When <paramref name="work"/> throws, nothing has happened.
    /// It may be run again after a deadlock, so it changes nothing but the database. Not cancelled once begun: the answer is definite.
    /// </summary>
    Task<T> WriteAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken ct);
}
