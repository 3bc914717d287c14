using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Dapper;

namespace TrainService.Storage.Database;

/// <summary>One numbered script.</summary>
internal sealed record Migration(int Number, string Name, string Sql);

/// <summary>Brings a database to the newest schema: the scripts it lacks, in order, in one transaction.</summary>
internal static class Migrator
{
    /// <summary>The scripts embedded as <c>Migrations.{dialect}.0001_name.sql</c>, in order.</summary>
    public static IReadOnlyList<Migration> Of(Dialect dialect)
    {
        Assembly assembly = typeof(Migrator).Assembly;
        string prefix = $"TrainService.Storage.Migrations.{dialect.Name}.";
        return [.. assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(n => Read(assembly, n, prefix.Length))];
    }

    /// <returns>The number of the schema now.</returns>
    /// <exception cref="InvalidDataException">A newer version of the service has been at it.</exception>
    public static async Task<int> RunAsync(DbConnection connection, Dialect dialect, string place, CancellationToken ct)
    {
        IReadOnlyList<Migration> migrations = Of(dialect);
        await using DbTransaction transaction = await connection.BeginTransactionAsync(ct).ConfigureAwait(false);
        if (dialect.LockMigrations is { } lockSql)
            await connection.ExecuteAsync(lockSql, transaction: transaction).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)",
            transaction: transaction).ConfigureAwait(false);

        long current = await connection.ExecuteScalarAsync<long>(
            "SELECT COALESCE(MAX(version), 0) FROM schema_version", transaction: transaction).ConfigureAwait(false);
        int newest = migrations[^1].Number;
        if (current > newest)
            throw new InvalidDataException(
                $"'{place}' has schema {current}; this version of the service knows schemas up to {newest}. Use the newer version of the service.");

        foreach (Migration migration in migrations.Where(m => m.Number > current))
        {
            await connection.ExecuteAsync(migration.Sql, transaction: transaction).ConfigureAwait(false);
            await connection.ExecuteAsync(
                "INSERT INTO schema_version (version, name, applied_at) VALUES (@Number, @Name, @At)",
                new { migration.Number, migration.Name, At = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() }, transaction).ConfigureAwait(false);
        }
        await transaction.CommitAsync(ct).ConfigureAwait(false);
        return newest;
    }

    private static Migration Read(Assembly assembly, string resource, int prefixLength)
    {
        using StreamReader reader = new(assembly.GetManifestResourceStream(resource)!);
        string file = resource[prefixLength..^".sql".Length];
        int underscore = file.IndexOf('_', StringComparison.Ordinal);
        return new(int.Parse(file.AsSpan(0, underscore), CultureInfo.InvariantCulture), file[(underscore + 1)..], reader.ReadToEnd());
    }
}
