using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace TrainService.Benchmarks.Service;

/// <summary>The real service as a process of its own, on a free loopback port and an empty data folder.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _data;

    private ServiceProcess(Process process, string data, HttpClient client)
    {
        _process = process;
        _data = data;
        Client = client;
    }

    public HttpClient Client { get; }

    public int ProcessId => _process.Id;

    public static async Task<ServiceProcess> StartAsync()
    {
        string service = Path.Combine(Checkout.Root, "src", "TrainService.Api", "bin", "Release", "net10.0", "TrainService.Api.dll");
        if (!File.Exists(service)) throw new FileNotFoundException("Build the service first: dotnet build -c Release src/TrainService.Api", service);
        string data = Directory.CreateTempSubdirectory("trainservice-benchmark-").FullName;
        string address = $"http://127.0.0.1:{FreePort()}";
        Process process = Process.Start(new ProcessStartInfo("dotnet", [service, "serve", "--urls", address, "--data", data]) { RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        HttpClient client = new() { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(5) };
        for (int i = 0; i < 200; i++)
        {
            try
            {
                if ((await client.GetAsync(new Uri("health/ready", UriKind.Relative))).IsSuccessStatusCode) return new ServiceProcess(process, data, client);
            }
            catch (HttpRequestException)
            {
            }

            await Task.Delay(100);
        }

        process.Kill();
        throw new TimeoutException("The service was not ready within 20 seconds.");
    }

    public async Task<string> SubmitAsync(object job)
    {
        using HttpResponseMessage answer = await Client.PostAsJsonAsync(new Uri("jobs", UriKind.Relative), job);
        string body = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException(body);
        return JsonDocument.Parse(body).RootElement.GetProperty("id").GetString()!;
    }

    /// <summary>Events of a job as they arrive over server-sent events, with the moment of arrival, until the job has ended.</summary>
    public async IAsyncEnumerable<(JsonElement Event, DateTimeOffset Arrived)> FollowAsync(string job)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"jobs/{job}/events", UriKind.Relative));
        request.Headers.Accept.ParseAdd("text/event-stream");
        using HttpResponseMessage answer = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { } line)
            if (line.StartsWith("data:", StringComparison.Ordinal))
                yield return (JsonDocument.Parse(line[5..]).RootElement, DateTimeOffset.UtcNow);
    }

    public async Task<JsonElement> GetAsync(string path) => JsonDocument.Parse(await Client.GetStringAsync(new Uri(path, UriKind.Relative))).RootElement;

    public Task CancelAsync(string job) => Client.PostAsync(new Uri($"jobs/{job}/cancel", UriKind.Relative), null);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
