using Dapper;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Storage.Checkpoints;
using TrainService.Storage.Database;
using TrainService.Storage.Jobs;

namespace TrainService.Storage;

/// <summary>The stores over one database and one data folder. Open one for the life of the process.</summary>
public sealed class TrainStorage : IAsyncDisposable
{
    private readonly IDatabase _database;
    private readonly FolderLock? _lock;
    private readonly TimeProvider _time;
    private readonly DataFolder _folder;

    private TrainStorage(IDatabase database, DataFolder folder, FolderLock? folderLock, TimeProvider time)
    {
        (_database, _lock, _time, _folder) = (database, folderLock, time, folder);
        Jobs = new SqlJobStore(database, time);
        Checkpoints = new SqlCheckpointStore(database, folder, time);
        Audit = new SqlAuditLog(database);
    }

    public IJobStore Jobs { get; }

    public ICheckpointStore Checkpoints { get; }

    public IAuditLog Audit { get; }

    /// <summary>Makes the folder and the database when they are missing, and brings the schema up to date.</summary>
    /// <exception cref="StorageUnavailableException">The folder is read-only, full or in use; the database does not answer or is damaged.</exception>
    /// <exception cref="InvalidDataException">The database is of a newer version.</exception>
    public static async Task<TrainStorage> OpenAsync(StorageOptions options, TimeProvider? time = null, CancellationToken ct = default)
    {
        DataFolder folder = new(options.DataFolder);
        bool sqlite = options.Provider == StorageProvider.Sqlite;
        FolderLock? folderLock = sqlite ? new(folder.Lock) : null;
        try
        {
            IDatabase database = sqlite
                ? await SqliteDatabase.OpenAsync(folder.Database, ct).ConfigureAwait(false)
                : await PostgresDatabase.OpenAsync(
                    options.ConnectionString ?? throw new ArgumentException("PostgreSQL needs a connection string.", nameof(options)), ct).ConfigureAwait(false);
            return new(database, folder, folderLock, time ?? TimeProvider.System);
        }
        catch
        {
            folderLock?.Dispose();
            throw;
        }
    }

    /// <summary>Null when something can be written and has reached the disk; else the reason.</summary>
    public async Task<string?> HealthAsync(CancellationToken ct)
    {
        try
        {
            await _database.WriteAsync(db => db.ExecuteAsync("UPDATE health_probe SET at = @at WHERE id = 1",
                new { at = _time.Now().ToUnixTimeMilliseconds() }), ct).ConfigureAwait(false);
            Probe(_folder.Checkpoints);
            return null;
        }
        catch (StorageUnavailableException e)
        {
            return e.Message;
        }
    }

    /// <summary>What a fault of the disk is that came out of other code than the stores; null when the exception says something else.</summary>
    public static StorageFault? FaultOf(Exception e) => StorageFaults.Of(e);

    /// <summary>Throws when nothing can be made in a folder.</summary>
    /// <exception cref="StorageUnavailableException">It is full or read-only.</exception>
    public static void Probe(string folder) => StorageFaults.Guard(folder, () =>
    {
        string path = Path.Combine(folder, $".probe-{Environment.ProcessId}");
        File.WriteAllBytes(path, [1]);
        File.Delete(path);
    });

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync().ConfigureAwait(false);
        _lock?.Dispose();
    }
}
