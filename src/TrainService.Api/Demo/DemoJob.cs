using System.Text.Json.Nodes;
using TrainService.Data.Fashion;

namespace TrainService.Api.Demo;

/// <summary>What the demo trains: openapi/examples/fashion-mlp.json as it is committed, on Fashion-MNIST or on what stands in for it.</summary>
internal sealed record DemoJob(string Dataset, string SpecJson)
{
    /// <summary>The part of the dataset that the network has not seen.</summary>
    public const string TestSplit = "test";

    private const string StandIn = "synthetic-fashion";

    /// <param name="found">Whether Fashion-MNIST is at hand; otherwise drawn clothes of the same ten classes take its place.</param>
    public static DemoJob Make(bool found)
    {
        using var reader = new StreamReader(typeof(DemoJob).Assembly.GetManifestResourceStream("demo/fashion-mlp.json")!);
        string spec = reader.ReadToEnd();
        if (found)
            return new(FashionMnist.Name, spec);
        JsonNode changed = JsonNode.Parse(spec)!;
        changed["dataset"]!["name"] = StandIn;
        changed["name"] = $"{StandIn}-mlp";
        return new(StandIn, changed.ToJsonString());
    }
}
