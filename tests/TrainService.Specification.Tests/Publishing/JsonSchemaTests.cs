using System.Text.Json.Nodes;
using TrainService.Specification.Publishing;

namespace TrainService.Specification.Tests.Publishing;

public class JsonSchemaTests
{
    private static readonly JsonObject Schema = JsonSchema.Of("A toy job", Toys.Members, Toys.Vocabulary);

    [Fact]
    public void Every_member_component_and_argument_is_in_it()
    {
        Schema["required"]!.ToJsonString().ShouldBe("""["block"]""");
        Schema["properties"]!["limits"]!["properties"]!["threads"]!["minimum"]!.GetValue<double>().ShouldBe(1);
        JsonObject cube = Schema["$defs"]!["block.cube"]!.AsObject();
        cube["properties"]!.AsObject().Select(p => p.Key).ShouldBe(
            ["type", "size", "edge", "weight", "hollow", "finish", "shade", "holes", "scale", "faces", "name"]);
        cube["additionalProperties"]!.GetValue<bool>().ShouldBeFalse();
        Schema["$defs"]!["shade.tinted"]!["properties"]!["depth"]!.ToJsonString()
            .ShouldBe("""{"type":"number","exclusiveMinimum":0,"maximum":1,"description":"How deep.","default":0.5}""");
    }

    [Fact]
    public void Every_reference_leads_somewhere()
    {
        HashSet<string> defined = [.. Schema["$defs"]!.AsObject().Select(p => $"#/$defs/{p.Key}")];
        string[] used = [.. References(Schema)];

        used.ShouldNotBeEmpty();
        used.ShouldBeSubsetOf(defined);
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(p => p.Key == "$ref" ? [p.Value!.GetValue<string>()] : References(p.Value)),
        JsonArray a => a.SelectMany(References),
        _ => [],
    };
}
