using TrainService.Api.Tests.Support;
using TrainService.Storage.Tests.Support;

namespace TrainService.Soak.Tests;

/// <summary>Several processes of the service over one PostgreSQL and one data folder.</summary>
internal sealed class ClusterNodes : IAsyncDisposable
{
    public const double LeaseSeconds = 3;

    private readonly PostgresCluster _postgres = new();
    private readonly List<ServerProcess> _nodes = [];
    private readonly string _data = TemporaryFolder.New();
    private string? _database;

    public async Task<ServerProcess> StartAsync(string role, int threads = 1, string resumeSeconds = "0.1")
    {
        _database ??= await _postgres.CreateDatabaseAsync();
        ServerProcess node = await ServerProcess.StartInAsync(_data, role,
            ("TRAINSERVICE__POSTGRES", $"{_database}"), ("TRAINSERVICE__LEASESECONDS", $"{LeaseSeconds}"), ("TRAINSERVICE__THREADS", $"{threads}"),
            ("TRAINSERVICE__RESUMESECONDS", resumeSeconds), ("TRAINSERVICE__MAXPROCESSLOSSES", "1000"));
        _nodes.Add(node);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess node in _nodes)
            await node.DisposeAsync();
        _postgres.Dispose();
        TemporaryFolder.Remove(_data);
    }
}
