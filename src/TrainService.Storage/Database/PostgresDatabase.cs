using System.Data.Common;
using Npgsql;

namespace TrainService.Storage.Database;

/// <summary>PostgreSQL: pooled connections, one transaction a write, row locks where a row is read to be changed.</summary>
internal sealed class PostgresDatabase : IDatabase
{
    private const int Tries = 5;

    private readonly NpgsqlDataSource _source;
    private readonly string _place;

    private PostgresDatabase(NpgsqlDataSource source, string place) => (_source, _place) = (source, place);

    public Dialect Dialect => Dialect.PostgreSql;

    /// <summary>Connects and brings the schema up to date.</summary>
    public static async Task<PostgresDatabase> OpenAsync(string connectionString, CancellationToken ct)
    {
        NpgsqlDataSource source = NpgsqlDataSource.Create(PostgresConnection.Prepare(connectionString));
        NpgsqlConnectionStringBuilder parts = new(connectionString);
        string place = $"PostgreSQL {parts.Host}/{parts.Database}";
        try
        {
            return await StorageFaults.GuardAsync(place, async () =>
            {
                await using NpgsqlConnection connection = await source.OpenConnectionAsync(ct).ConfigureAwait(false);
                await Migrator.RunAsync(connection, Dialect.PostgreSql, place, ct).ConfigureAwait(false);
                return new PostgresDatabase(source, place);
            }).ConfigureAwait(false);
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken ct) => StorageFaults.GuardAsync(_place, async () =>
    {
        await using NpgsqlConnection connection = await _source.OpenConnectionAsync(ct).ConfigureAwait(false);
        return await work(connection).ConfigureAwait(false);
    });

    public Task<T> WriteAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken ct) => StorageFaults.GuardAsync(_place, async () =>
    {
        for (int attempt = 1; ; attempt++)
        {
            await using NpgsqlConnection connection = await _source.OpenConnectionAsync(ct).ConfigureAwait(false);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(CancellationToken.None).ConfigureAwait(false);
            try
            {
                T result = await work(connection).ConfigureAwait(false);
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                return result;
            }
            catch (PostgresException e) when (attempt < Tries
                && e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // Rolled back by leaving the block; the other one has gone through, so the next try finds the way free.
            }
        }
    });

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
