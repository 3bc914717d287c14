using System.Diagnostics;

namespace TrainService.Api.Tests.Support;

/// <summary>What a command printed, and how it ended.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public static Task<CommandResult> RunAsync(string program, IReadOnlyList<string> arguments, TimeSpan? limit = null, string? folder = null,
        params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return OfAsync(Process.Start(start)!, limit ?? TimeSpan.FromMinutes(2));
    }

    /// <summary>Ends it when the time is up.</summary>
    public static async Task<CommandResult> OfAsync(Process process, TimeSpan limit)
    {
        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            using var time = new CancellationTokenSource(limit);
            try
            {
                await process.WaitForExitAsync(time.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"{process.StartInfo.FileName} did not end within {limit}: {await output}\n{await error}");
            }

            return new(process.ExitCode, await output, await error);
        }
    }

    /// <summary>The output of a command that must succeed.</summary>
    public string Succeeded()
    {
        ExitCode.ShouldBe(0, $"{Output}\n{Error}");
        return Output;
    }
}
