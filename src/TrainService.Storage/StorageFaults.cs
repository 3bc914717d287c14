using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;
using TrainService.Jobs.Ports;

namespace TrainService.Storage;

/// <summary>Tells faults of the disk and the database from faults of the program: the former become the two exceptions that callers know.</summary>
internal static class StorageFaults
{
    // SQLite primary result codes, https://sqlite.org/rescode.html
    private const int SqliteBusy = 5;
    private const int SqliteReadOnly = 8;
    private const int SqliteIoError = 10;
    private const int SqliteCorrupt = 11;
    private const int SqliteFull = 13;
    private const int SqliteCantOpen = 14;
    private const int SqliteNotADatabase = 26;

    // errno (Linux) and the low word of HRESULT (Windows).
    private const int NoSpaceErrno = 28;
    private const int QuotaErrno = 122;
    private const int FileTooLargeErrno = 27;
    private const int ReadOnlyErrno = 30;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>The fault, or null when the exception says something else.</summary>
    public static StorageFault? Of(Exception e) => e switch
    {
        SqliteException s => s.SqliteErrorCode switch
        {
            SqliteFull => StorageFault.Full,
            SqliteReadOnly => StorageFault.ReadOnly,
            SqliteBusy or SqliteIoError or SqliteCantOpen => StorageFault.Unreachable,
            SqliteCorrupt or SqliteNotADatabase => StorageFault.Damaged,
            _ => null,
        },
        PostgresException p => p.SqlState switch
        {
            PostgresErrorCodes.DiskFull => StorageFault.Full,
            PostgresErrorCodes.ReadOnlySqlTransaction => StorageFault.ReadOnly,
            PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => StorageFault.Damaged,
            _ => p.IsTransient || p.SqlState.StartsWith("57P", StringComparison.Ordinal) ? StorageFault.Unreachable : null,
        },
        NpgsqlException or SocketException => StorageFault.Unreachable,
        UnauthorizedAccessException => StorageFault.ReadOnly,
        // How the base library says that a file may not grow any more (EFBIG: a limit of the process or of the file system).
        ArgumentOutOfRangeException { ParamName: "value", ActualValue: null, StackTrace: { } trace } when trace.Contains("RandomAccess", StringComparison.Ordinal) => StorageFault.Full,
        FileNotFoundException or DirectoryNotFoundException or EndOfStreamException => null,
        IOException io => io.HResult switch
        {
            NoSpaceErrno or QuotaErrno or FileTooLargeErrno or WindowsDiskFull => StorageFault.Full,
            ReadOnlyErrno => StorageFault.ReadOnly,
            _ => StorageFault.Unreachable,
        },
        _ => null,
    };

    /// <summary>What to throw instead; null when the exception is to pass as it is.</summary>
    /// <param name="place">The file, folder or database, for the message.</param>
    public static Exception? Translate(Exception e, string place)
    {
        return Of(e) switch
        {
            StorageFault.Full => new StorageUnavailableException(StorageFault.Full, $"No space left to write '{place}'.", e),
            StorageFault.ReadOnly => new StorageUnavailableException(StorageFault.ReadOnly, $"'{place}' can't be written: {e.Message}", e),
            StorageFault.Unreachable => new StorageUnavailableException(StorageFault.Unreachable, $"'{place}' does not answer: {e.Message}", e),
            StorageFault.Damaged => Damaged(place, e.Message, e),
            _ => null,
        };
    }

    public static StorageUnavailableException Damaged(string place, string how, Exception? cause = null)
        => new(StorageFault.Damaged, $"The database '{place}' is damaged: {how} Put back a copy of it, or start with another data folder.", cause);

    public static void Guard(string place, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (Translate(e, place) is { } translated)
        {
            throw translated;
        }
    }

    public static async Task<T> GuardAsync<T>(string place, Func<Task<T>> action)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (Exception e) when (Translate(e, place) is { } translated)
        {
            throw translated;
        }
    }
}
