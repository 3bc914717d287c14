using System.Reflection;
using System.Text.Json.Nodes;

namespace TrainService.Api.OpenApi;

/// <summary>
/// Worked examples, a file each in OpenApi/Examples: <c>{operation}.request.json</c>, <c>{operation}.{status}.json</c>,
/// <c>{operation}.{status}.{subtype}.txt</c> for what isn't JSON, <c>problem.{status}.json</c> for problems that look alike everywhere.
/// </summary>
internal static class Examples
{
    private static readonly Assembly Home = typeof(Examples).Assembly;

    // The job of the demo and of the scripts is the example here too.
    private static readonly Dictionary<string, string> Elsewhere = new()
    {
        ["submit_job.request.json"] = "demo/fashion-mlp.json",
        ["submit_job.chain.request.json"] = "demo/chain.json",
        ["validate_job.request.json"] = "demo/fashion-mlp.json",
    };

    public static JsonNode? Find(string name) => Read($"{name}.json") is { } text ? JsonNode.Parse(text) : null;

    public static JsonNode? FindText(string name) => Read($"{name}.txt") is { } text ? JsonValue.Create(text) : null;

    private static string? Read(string file)
    {
        using Stream? stream = Home.GetManifestResourceStream(Elsewhere.GetValueOrDefault(file, $"example/{file}"));
        if (stream is null)
            return null;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
