using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;

namespace TrainService.Api.Tests.Examples;

/// <summary>What the README tells a new user to type does what it says.</summary>
[Collection(ServerCollection.Name)]
public class ReadmeTests(SharedServer shared)
{
    private readonly ServerProcess _server = shared.Server;

    [Fact]
    public async Task The_path_from_a_csv_to_a_prediction_works_as_written()
    {
        string[] steps = Block().Split("\n\n");
        steps.Length.ShouldBe(4);
        string name = $"readme-{Guid.NewGuid():N}"[..20];
        await RunAsync(steps[0].Replace("name=flowers", $"name={name}", StringComparison.Ordinal));
        JsonNode submitted = JsonNode.Parse(await RunAsync(steps[1].Replace("\"name\": \"flowers\"", $"\"name\": \"{name}\"", StringComparison.Ordinal)))!;
        string job = submitted["id"]!.GetValue<string>();
        (await RunAsync(steps[2].Replace("JOB", job, StringComparison.Ordinal))).ShouldContain("\"status\":\"succeeded\"");

        string[] last = steps[3].Split("\ncurl ");
        JsonNode done = JsonNode.Parse(await RunAsync($"curl {last[1]}".Replace("JOB", job, StringComparison.Ordinal)))!;
        string checkpoint = done["best"]!["checkpoint"]!.GetValue<string>();
        JsonNode prediction = JsonNode.Parse(await RunAsync($"curl {last[2]}".Replace("CHECKPOINT", checkpoint, StringComparison.Ordinal)))!;
        prediction["classes"]![0]![0]!["name"]!.GetValue<string>().ShouldBe("bluebell");
    }

    [Fact]
    public void Every_setting_is_in_the_table()
    {
        JsonNode settings = JsonNode.Parse(File.ReadAllText(Path.Combine(ServiceProgram.Root, "src", "TrainService.Api", "appsettings.json")))!["TrainService"]!;
        string readme = Readme();
        foreach (string name in settings.AsObject().Select(s => s.Key))
            readme.ShouldContain($"TRAINSERVICE__{name.ToUpperInvariant()}", Case.Sensitive, name);
    }

    private async Task<string> RunAsync(string commands)
        => (await CommandResult.RunAsync("sh", ["-c", commands.Replace("http://127.0.0.1:8080", _server.Address, StringComparison.Ordinal)], folder: ServiceProgram.Root)).Succeeded();

    private static string Block() => Readme().Split("```sh\n")[1].Split("\n```")[0];

    private static string Readme() => File.ReadAllText(Path.Combine(ServiceProgram.Root, "README.md"));
}
