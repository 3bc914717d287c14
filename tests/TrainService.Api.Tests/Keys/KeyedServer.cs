using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Keys;

/// <summary>A server that asks for keys, with one of each scope.</summary>
public sealed class KeyedServer : IAsyncLifetime
{
    public static readonly string[] Scopes = ["read", "submit", "admin"];

    public ServerProcess Server { get; private set; } = null!;

    public IReadOnlyDictionary<string, string> KeyOf { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await ServerProcess.StartPreparedAsync(
        folder => KeyOf = Scopes.ToDictionary(s => s, s => TestKeys.Create(folder, s, "--name", $"the {s} key", "--requests-per-second", "0")),
        ("TRAINSERVICE__KEYS", "required"));

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
