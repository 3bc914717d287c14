using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using TrainService.Api.Http;
using TrainService.Api.Tests.Support;
using TrainService.Contracts.Jobs;

namespace TrainService.Api.Tests.OpenApi;

[Collection(ServerCollection.Name)]
public class DocumentTests(SharedServer shared)
{
    private const string Regenerate = "dotnet run -c Release --project src/TrainService.Api -- openapi openapi/trainservice.json";
    private static readonly string Committed = Path.Combine(ServiceProgram.Root, "openapi", "trainservice.json");

    [Fact]
    public async Task The_committed_document_is_the_served_one()
        => (await shared.Server.Http.GetStringAsync("/openapi/trainservice.json")).ShouldBe(await File.ReadAllTextAsync(Committed),
            $"The API has changed. Look at the difference, then write the document anew:\n  {Regenerate}");

    [Fact]
    public async Task Dotnet_run_works_in_the_folder_of_who_calls_it()
    {
        string folder = TemporaryFolder.New();
        CommandResult run = await CommandResult.RunAsync("dotnet",
            ["run", "--no-build", "-c", ServiceProgram.Configuration, "--project", Path.Combine(ServiceProgram.Root, "src", "TrainService.Api"), "--", "openapi", "document.json"], folder: folder);
        run.Succeeded();
        (await File.ReadAllTextAsync(Path.Combine(folder, "document.json"))).ShouldBe(await File.ReadAllTextAsync(Committed));
        TemporaryFolder.Remove(folder);
    }

    [Fact]
    public void Every_operation_has_a_worked_example_of_its_body_and_of_each_answer()
    {
        foreach ((string id, JsonNode operation) in Operations())
        {
            operation["summary"]!.GetValue<string>().ShouldNotBeNullOrWhiteSpace();
            if (operation["requestBody"]?["content"]?["application/json"] is { } body)
                body["example"].ShouldNotBeNull($"{id}: the body");
            foreach ((string status, JsonNode? answer) in operation["responses"]!.AsObject())
                foreach ((string type, JsonNode? content) in answer!["content"]?.AsObject() ?? [])
                    if (type.Contains("json", StringComparison.Ordinal) || type.StartsWith("text/", StringComparison.Ordinal))
                        content!["example"].ShouldNotBeNull($"{id}: {status} {type}");
            foreach (JsonNode? parameter in operation["parameters"]?.AsArray() ?? [])
                parameter!["description"].ShouldNotBeNull($"{id}: {parameter["name"]}");
        }
    }

    [Fact]
    public void Examples_have_the_form_that_they_illustrate()
    {
        JsonSerializerOptions strict = new() { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true };
        ApiJson.Configure(strict);
        Dictionary<string, Type> records = typeof(JobResource).Assembly.GetExportedTypes().ToDictionary(t => t.Name);
        int checkedExamples = 0;
        foreach ((string id, JsonNode operation) in Operations())
            foreach (JsonNode content in operation["responses"]!.AsObject().SelectMany(r => r.Value!["content"]?.AsObject().Select(c => c.Value!) ?? []))
            {
                if ((content["schema"]?["$ref"] ?? content["schema"]?["oneOf"]?[0]?["$ref"]) is not { } reference || !records.TryGetValue(reference.GetValue<string>().Split('/')[^1], out Type? record))
                    continue;
                Should.NotThrow(() => content["example"].Deserialize(record, strict), $"{id}: {content["example"]?.ToJsonString()}");
                checkedExamples++;
            }

        checkedExamples.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void The_document_is_of_version_3_1() => Document()["openapi"]!.GetValue<string>().ShouldStartWith("3.1.");

    private static JsonNode Document() => JsonNode.Parse(File.ReadAllText(Committed))!;

    private static IEnumerable<(string Id, JsonNode Operation)> Operations()
        => Document()["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()).Select(o => (o.Value!["operationId"]!.GetValue<string>(), o.Value));
}
