namespace TrainService.Api.Tests.Support;

/// <summary>One server for all tests that don't mind company.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    /// <summary>Small enough to be exceeded by a test.</summary>
    public const int MaxBodyBytes = 1 << 20;

    public const int MaxUploadBytes = 4 << 20;

    public ServerProcess Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await ServerProcess.StartAsync(
        ("TRAINSERVICE__MAXBODYBYTES", $"{MaxBodyBytes}"), ("TRAINSERVICE__MAXUPLOADBYTES", $"{MaxUploadBytes}"), ("TRAINSERVICE__HEARTBEATSECONDS", "0.2"));

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class ServerCollection : ICollectionFixture<SharedServer>
{
    public const string Name = "server";
}
