using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using TrainService.Api.Demo;
using TrainService.Api.Keys;
using TrainService.Api.OpenApi;
using TrainService.Jobs.Ports;
using TrainService.Storage;

namespace TrainService.Api.Hosting;

/// <summary>What each command of the command line does; the number is the process's exit code.</summary>
internal static class Commands
{
    public static Task<int> RunAsync(CommandLine line) => line.Command switch
    {
        "help" => Help(),
        "healthcheck" => HealthCheckAsync(line),
        "openapi" => WriteDocumentAsync(line),
        "keys" => Task.FromResult(KeyCommand.Run(line)),
        _ => ServeAsync(line),
    };

    private static Task<int> Help()
    {
        Console.WriteLine(CommandLine.Usage);
        return Task.FromResult(0);
    }

    private static async Task<int> ServeAsync(CommandLine line)
    {
        WebApplicationBuilder builder = ServiceHost.CreateBuilder(line);
        ServiceOptions options = ServiceHost.ReadOptions(builder.Configuration);
        string[] errors = [.. options.Errors()];
        if (errors.Length > 0)
            return Fail(errors);
        if (options.KeysRequired && line.Command != "demo" && !new KeyFile(options.DataFolder).Read().Any(k => k.IsActive(DateTimeOffset.UtcNow)))
            return Fail(["API keys are required (other machines can reach it, or the setting Keys says so) and there is none yet. Make one:",
                $"  TrainService.Api keys create --scope admin --data {options.Data}",
                "Or set TRAINSERVICE__ALLOWREMOTE=true if something in front of it checks who calls."]);
        if (ListenAddress.FirstTaken(options.Urls) is { } taken)
            return Fail([$"{taken} is taken by another process. Choose another address, for example --urls http://127.0.0.1:8090."]);
        using IDisposable? limit = IgnoreFileSizeSignal();
        try
        {
            await using TrainStorage storage = await TrainStorage.OpenAsync(options.Storage);
            await using WebApplication app = ServiceHost.Build(builder, options, storage);
            await app.StartAsync();
            ServiceHost.SayWhere(app, options);
            bool good = line.Command != "demo" || await DemoCommand.RunAsync(app, app.Lifetime.ApplicationStopping);
            if (line.Exit)
                await app.StopAsync();
            else
                await app.WaitForShutdownAsync();
            return good ? 0 : 1;
        }
        catch (OperationCanceledException)
        {
            // Asked to end before it had started: nothing was under way.
            return 0;
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            return Fail([$"{options.Urls} is taken by another process. Choose another address, for example --urls http://127.0.0.1:8090."]);
        }
        catch (Exception e) when (e is StorageUnavailableException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return Fail([$"The service cannot start: {e.Message}"]);
        }
    }

    private static async Task<int> HealthCheckAsync(CommandLine line)
    {
        ServiceOptions options = ServiceHost.ReadOptions(ServiceHost.CreateBuilder(line).Configuration);
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri($"{ListenAddress.Reachable(options.Urls)}/health/ready"));
            Console.WriteLine(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return Fail([e.Message]);
        }
    }

    // The document describes the endpoints, which only a service that has started has, over a folder that nobody sees.
    private static async Task<int> WriteDocumentAsync(CommandLine line)
    {
        string folder = Directory.CreateTempSubdirectory("trainservice-openapi-").FullName;
        try
        {
            var options = new ServiceOptions { Data = folder, Urls = "http://127.0.0.1:0" };
            await using TrainStorage storage = await TrainStorage.OpenAsync(new StorageOptions(folder));
            await using WebApplication app = ServiceHost.Build(ServiceHost.CreateBuilder(line), options, storage);
            await app.StartAsync();
            await File.WriteAllTextAsync(line.File!, await ApiDocument.WriteAsync(app.Services));
            await app.StopAsync();
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Where the system limits the size of files (RLIMIT_FSIZE), writing beyond it would end the process; ignored, it is an error like a full disk.
    private static PosixSignalRegistration? IgnoreFileSizeSignal()
    {
        const int SigXFSZ = 25;
        return OperatingSystem.IsLinux() ? PosixSignalRegistration.Create((PosixSignal)SigXFSZ, context => context.Cancel = true) : null;
    }

    private static int Fail(IEnumerable<string> errors)
    {
        foreach (string error in errors)
            Console.Error.WriteLine(error);
        return 1;
    }
}
