using TrainService.Jobs.Ports;

namespace TrainService.Storage.Tests.Support;

/// <summary>Opens fresh, empty storage on either database; starts the server at first need.</summary>
public sealed class StorageFixture : IDisposable
{
    private readonly Lazy<PostgresCluster> _postgres = new(() => new PostgresCluster());

    public async Task<OpenStorage> OpenAsync(StorageProvider provider, TimeProvider? time = null)
    {
        string folder = Directory.CreateTempSubdirectory("tsdata").FullName;
        StorageOptions options = new(folder, provider,
            provider == StorageProvider.PostgreSql ? await _postgres.Value.CreateDatabaseAsync() : null);
        return new(options, await TrainStorage.OpenAsync(options, time));
    }

    public void Dispose()
    {
        if (_postgres.IsValueCreated)
            _postgres.Value.Dispose();
    }
}

/// <summary>All tests that need it share one server.</summary>
[CollectionDefinition(Name)]
public sealed class StorageCollection : ICollectionFixture<StorageFixture>
{
    public const string Name = "storage";
}

/// <summary>Storage in a temporary folder that goes away with it.</summary>
public sealed class OpenStorage(StorageOptions options, TrainStorage storage) : IAsyncDisposable
{
    public StorageOptions Options { get; } = options;

    public TrainStorage Storage { get; private set; } = storage;

    public IJobStore Jobs => Storage.Jobs;

    public ICheckpointStore Checkpoints => Storage.Checkpoints;

    public string Folder => Options.DataFolder;

    /// <summary>As a restart does.</summary>
    public async Task ReopenAsync(TimeProvider? time = null)
    {
        await Storage.DisposeAsync();
        Storage = await TrainStorage.OpenAsync(Options, time);
    }

    public async ValueTask DisposeAsync()
    {
        await Storage.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
