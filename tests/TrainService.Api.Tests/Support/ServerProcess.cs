using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace TrainService.Api.Tests.Support;

/// <summary>The service as its users have it: a process of its own, on a free loopback port, over a folder of its own.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly StringBuilder _output = new();
    private Process? _process;

    private readonly string? _role;

    private ServerProcess(string data, string? role = null) => (Data, _role) = (data, role);

    /// <summary>The folder that it writes to; removed at the end unless others share it.</summary>
    public string Data { get; }

    public string Address { get; private set; } = "";

    public HttpClient Http { get; private set; } = new();

    public int ProcessId => _process!.Id;

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>A command that starts it in its stead, such as one that sets a limit first.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>Over a folder that is there already; not started yet.</summary>
    public static ServerProcess Over(string data, params string[] wrapper) => new(data) { Wrapper = wrapper };

    public static async Task<ServerProcess> StartAsync(params (string Name, string Value)[] environment)
    {
        var server = new ServerProcess(TemporaryFolder.New());
        await server.StartAgainAsync(environment);
        return server;
    }

    /// <param name="prepare">Puts into its data folder what is to be there when it starts.</param>
    public static async Task<ServerProcess> StartPreparedAsync(Action<string> prepare, params (string Name, string Value)[] environment)
    {
        var server = new ServerProcess(TemporaryFolder.New());
        prepare(server.Data);
        await server.StartAgainAsync(environment);
        return server;
    }

    /// <summary>One of several processes over one folder, which stays.</summary>
    public static async Task<ServerProcess> StartInAsync(string data, string role, params (string Name, string Value)[] environment)
    {
        var server = new ServerProcess(data, role);
        await server.StartAgainAsync(environment);
        return server;
    }

    /// <summary>Over the same folder and, after the first time, on the same address.</summary>
    public async Task StartAgainAsync(params (string Name, string Value)[] environment)
    {
        string urls = Address.Length > 0 ? Address : "http://127.0.0.1:0";
        Process process = ServiceProgram.Start(["serve", "--urls", urls, "--data", Data, "--role", _role ?? "all"], environment, wrapper: Wrapper);
        var serving = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Take(string? line)
        {
            if (line is null)
                return;
            lock (_output)
                _output.AppendLine(line);
            if (ServingLine().Match(line) is { Success: true } match)
                serving.TrySetResult(match.Groups[1].Value);
        }

        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => serving.TrySetException(new InvalidOperationException($"The service ended before it served:\n{Output}"));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
        try
        {
            Address = await serving.Task.WaitAsync(StartLimit);
            Http = new HttpClient { BaseAddress = new Uri(Address) };

            // As curl does for large bodies: who is refused early hears why before sending the rest.
            Http.DefaultRequestHeaders.ExpectContinue = true;
            await Wait.UntilAsync(async () => (await Http.GetAsync("/health/ready")).IsSuccessStatusCode, "the service is ready");
        }
        catch
        {
            // Nobody would end it: who started it has nothing to dispose of.
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>SIGKILL: nothing of it runs on.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM. The exit code.</summary>
    public async Task<int> TerminateAsync(TimeSpan limit)
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{ProcessId}"]);
        await kill.WaitForExitAsync();
        await _process!.WaitForExitAsync(new CancellationTokenSource(limit).Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_process is { HasExited: false })
            await KillAsync();
        _process?.Dispose();
        if (_role is null)
            TemporaryFolder.Remove(Data);
    }

    [GeneratedRegex(@"Serving on (http://\S+?),")]
    private static partial Regex ServingLine();
}
