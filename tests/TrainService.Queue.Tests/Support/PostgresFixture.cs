using TrainService.Storage.Tests.Support;

namespace TrainService.Queue.Tests.Support;

/// <summary>One server for all tests that need one, started by the first.</summary>
public sealed class PostgresFixture : IDisposable
{
    private readonly Lazy<PostgresCluster> _server = new(() => new PostgresCluster());

    public PostgresCluster Server => _server.Value;

    public void Dispose()
    {
        if (_server.IsValueCreated)
            _server.Value.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresFixture>
{
    public const string Name = "postgres";
}
