using System.Diagnostics;

namespace TrainService.Api.Tests.Support;

/// <summary>The built program, as <c>dotnet run</c> would start it.</summary>
internal static class ServiceProgram
{
#if DEBUG
    public const string Configuration = "Debug";
#else
    public const string Configuration = "Release";
#endif

    public static string Root { get; } = FindRoot();

    public static string Examples => Path.Combine(Root, "openapi", "examples");

    private static string Dll => Path.Combine(Root, "src", "TrainService.Api", "bin", Configuration, "net10.0", "TrainService.Api.dll");

    public static Process Start(IReadOnlyList<string> arguments, IReadOnlyList<(string Name, string Value)> environment, string? folder = null,
        params IReadOnlyList<string> wrapper)
    {
        string[] words = [.. wrapper, "dotnet", Dll, .. arguments];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end.</summary>
    public static Task<CommandResult> RunAsync(IReadOnlyList<string> arguments, TimeSpan? limit = null, string? folder = null, params (string Name, string Value)[] environment)
        => CommandResult.OfAsync(Start(arguments, environment, folder), limit ?? TimeSpan.FromMinutes(1));

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TrainService.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("No folder above the tests holds TrainService.sln.");
    }
}
