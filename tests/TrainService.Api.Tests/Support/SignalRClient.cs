using System.Text.Json.Nodes;

namespace TrainService.Api.Tests.Support;

/// <summary>npm's @microsoft/signalr, run by node: see signalr-client/follow.mjs for what it prints.</summary>
internal static class SignalRClient
{
    private static readonly string Folder = Path.Combine(ServiceProgram.Root, "tests", "TrainService.Api.Tests", "signalr-client");
    private static readonly Lazy<Task> Installed = new(InstallAsync);

    /// <summary>Its lines, in order.</summary>
    public static async Task<IReadOnlyList<JsonNode>> FollowAsync(string address, string job, long after, params string[] flags)
    {
        await Installed.Value;
        CommandResult result = await CommandResult.RunAsync("node", ["follow.mjs", address, job, $"{after}", .. flags], folder: Folder);
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!)];
    }

    private static async Task InstallAsync()
        => (await CommandResult.RunAsync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], TimeSpan.FromMinutes(5), Folder)).Succeeded();
}
