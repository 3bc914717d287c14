using Npgsql;

namespace TrainService.Storage;

/// <summary>What every connection to the shared database is opened with.</summary>
public static class PostgresConnection
{
    private const string Setting = "idle_in_transaction_session_timeout";

    /// <summary>
    /// The connection string, with a limit of 10 s on transactions that do nothing: a process that is stopped in the middle of one would hold its
    /// locks, and keep all others waiting, until somebody lets it go on.
    /// </summary>
    public static string Prepare(string connectionString)
    {
        NpgsqlConnectionStringBuilder parts = new(connectionString);
        if (parts.Options?.Contains(Setting, StringComparison.Ordinal) != true)
            parts.Options = $"{parts.Options} -c {Setting}=10000".Trim();
        return parts.ConnectionString;
    }
}
