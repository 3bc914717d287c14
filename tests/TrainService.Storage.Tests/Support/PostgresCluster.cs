using System.Diagnostics;
using Npgsql;

namespace TrainService.Storage.Tests.Support;

/// <summary>A PostgreSQL server of our own in a temporary folder, reached over a unix socket there. Durability is off: it is not what is tested on it.</summary>
public sealed class PostgresCluster : IDisposable
{
    private const string DefaultBinaries = "/usr/lib/postgresql/15/bin";

    private readonly string _folder = Directory.CreateTempSubdirectory("tspg").FullName;
    private int _databases;

    public PostgresCluster()
    {
        if (Environment.UserName == "root")
            Run("chown", "postgres", _folder);
        Run(Binary("initdb"), "-D", DataFolder, "-U", "postgres", "-A", "trust", "--no-sync", "--locale=C.UTF-8");
        Run(Binary("pg_ctl"), "start", "-w", "-D", DataFolder, "-l", Path.Combine(_folder, "log"),
            "-o", $"-c listen_addresses='' -c unix_socket_directories={_folder} -c fsync=off -c max_connections=200");
    }

    /// <summary>Null when a server can be started here.</summary>
    public static string? WhyNot => !File.Exists(Binary("postgres")) ? $"PostgreSQL is not installed in {Binaries} (set TRAINSERVICE_POSTGRES_BIN)."
        : Environment.UserName == "root" && !File.ReadAllText("/etc/passwd").Contains("\npostgres:", StringComparison.Ordinal)
            ? "PostgreSQL does not run as root, and there is no user postgres." : null;

    private static string Binaries => Environment.GetEnvironmentVariable("TRAINSERVICE_POSTGRES_BIN") ?? DefaultBinaries;

    private string DataFolder => Path.Combine(_folder, "data");

    /// <summary>Makes an empty database; returns how to connect to it.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        string name = $"test{Interlocked.Increment(ref _databases)}";
        await using NpgsqlConnection connection = new(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using NpgsqlCommand command = new($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    public void Dispose()
    {
        Run(Binary("pg_ctl"), "stop", "-m", "immediate", "-D", DataFolder);
        Directory.Delete(_folder, recursive: true);
    }

    private string ConnectionString(string database) => $"Host={_folder};Username=postgres;Database={database};Maximum Pool Size=50";

    private static string Binary(string name) => Path.Combine(Binaries, name);

    /// <summary>As the user postgres when we are root, since the server refuses to run as root.</summary>
    private static void Run(string command, params string[] arguments)
    {
        bool change = Environment.UserName == "root" && command != "chown";
        ProcessStartInfo start = change ? new("runuser", ["-u", "postgres", "--", command, .. arguments]) : new(command, arguments);
        start.WorkingDirectory = "/";

        // Not redirected: the server would inherit the pipe and keep it open.
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command} ended with {process.ExitCode}.");
    }
}
