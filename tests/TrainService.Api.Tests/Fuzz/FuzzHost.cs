using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using TrainService.Api.Hosting;
using TrainService.Api.Tests.Support;
using TrainService.Storage;

namespace TrainService.Api.Tests.Fuzz;

/// <summary>The real service, every part of it, in this process (so that memory can be watched), asked over a real socket.</summary>
internal sealed class FuzzHost : IAsyncDisposable
{
    private readonly string _folder;
    private readonly TrainStorage _storage;
    private readonly WebApplication _app;

    private FuzzHost(string folder, TrainStorage storage, WebApplication app)
    {
        (_folder, _storage, _app) = (folder, storage, app);
        Http = new HttpClient { BaseAddress = new Uri(ServiceHost.Address(app)), Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Http { get; }

    public static async Task<FuzzHost> StartAsync()
    {
        string folder = TemporaryFolder.New();
        var options = new ServiceOptions { Data = folder, Urls = "http://127.0.0.1:0", MaxUploadBytes = 8 << 20, MaxStoredBytes = 64 << 20 };
        TrainStorage storage = await TrainStorage.OpenAsync(new StorageOptions(folder));
        WebApplicationBuilder builder = ServiceHost.CreateBuilder(new CommandLine("openapi", new Dictionary<string, string?>(), Exit: false, File: null));
        builder.Logging.ClearProviders();
        WebApplication app = ServiceHost.Build(builder, options, storage);
        await app.StartAsync();
        return new(folder, storage, app);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _storage.DisposeAsync();
        TemporaryFolder.Remove(_folder);
    }
}
