using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using TrainService.Jobs.Ports;

namespace TrainService.Storage.Database;

/// <summary>
/// SQLite in WAL mode: one writer thread (<see cref="SqliteWriter"/>), and any number of read-only connections that it never blocks.
/// Once a damaged page has been met nothing is written any more: what can still be read is served, and the rest waits for a copy.
/// </summary>
internal sealed class SqliteDatabase : IDatabase
{
    private readonly string _path;
    private readonly SqliteWriter _writer;
    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private volatile StorageUnavailableException? _damage;
    private volatile bool _disposed;

    private SqliteDatabase(string path, SqliteConnection writer)
    {
        _path = path;
        _writer = new(writer);
    }

    public Dialect Dialect => Dialect.Sqlite;

    /// <summary>Opens the file, makes it when missing, brings its schema up to date.</summary>
    public static Task<SqliteDatabase> OpenAsync(string path, CancellationToken ct) => StorageFaults.GuardAsync(path, async () =>
    {
        SqliteConnection connection = new(ConnectionString(path, SqliteOpenMode.ReadWriteCreate));
        try
        {
            connection.Open();

            // FULL: a commit is on disk when it returns. The limit keeps the log from staying as long as it once was.
            connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA journal_size_limit = 67108864;");
            if (connection.ExecuteScalar<string>("PRAGMA quick_check(1)") is { } found and not "ok")
                throw StorageFaults.Damaged(path, found.TrimEnd('.') + ".");
            await Migrator.RunAsync(connection, Dialect.Sqlite, path, ct).ConfigureAwait(false);
            return new SqliteDatabase(path, connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    });

    public Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken ct) => RememberDamageAsync(async () =>
    {
        ct.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);
        SqliteConnection reader = _readers.TryTake(out SqliteConnection? idle) ? idle : OpenReader();
        try
        {
            T result = await work(reader).ConfigureAwait(false);
            _readers.Add(reader);
            return result;
        }
        catch
        {
            // Whatever is wrong with it is not for the next one.
            reader.Dispose();
            throw;
        }
        finally
        {
            if (_disposed)
                CloseReaders();
        }
    });

    public Task<T> WriteAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken ct)
        => _damage is { } damage
            ? Task.FromException<T>(new StorageUnavailableException(damage.Fault, damage.Message, damage))
            : RememberDamageAsync(() => _writer.RunAsync(work, ct));

    public ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            CloseReaders();
            _writer.Dispose();
        }
        return ValueTask.CompletedTask;
    }

    private async Task<T> RememberDamageAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await StorageFaults.GuardAsync(_path, work).ConfigureAwait(false);
        }
        catch (StorageUnavailableException e) when (e.Fault == StorageFault.Damaged)
        {
            _damage = e;
            throw;
        }
    }

    private void CloseReaders()
    {
        while (_readers.TryTake(out SqliteConnection? reader))
            reader.Dispose();
    }

    private SqliteConnection OpenReader()
    {
        SqliteConnection reader = new(ConnectionString(_path, SqliteOpenMode.ReadOnly));
        reader.Open();
        reader.Execute("PRAGMA busy_timeout = 5000;");
        return reader;
    }

    // Connections are kept here, so the provider's own pool would only hold files open after Dispose.
    private static string ConnectionString(string path, SqliteOpenMode mode)
        => new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, ForeignKeys = true }.ToString();
}
