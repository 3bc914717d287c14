using System.Text.Json;
using System.Text.Json.Nodes;
using NSubstitute;
using TrainService.Formats;
using TrainService.Formats.Hdf5;
using TrainService.Jobs.Ports;
using TrainService.Training.Reuse;

namespace TrainService.Training.Tests.Reuse;

/// <summary>Whatever a file's description of its model says: a checkpoint or errors with their places, never an exception. TRAINSERVICE_FUZZ sets how many.</summary>
public class HostileImportTests
{
    private const string Model = """
        {"class_name": "Functional", "config": {"name": "m", "layers": [
          {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 4, 4, 1], "dtype": "float32", "name": "in"}, "name": "in", "inbound_nodes": []},
          {"class_name": "Conv2D", "config": {"name": "c", "filters": 2, "kernel_size": [3, 3], "padding": "same", "activation": "relu"}, "name": "c", "inbound_nodes": [[["in", 0, 0, {}]]]},
          {"class_name": "Sequential", "config": {"name": "inner", "layers": [{"class_name": "InputLayer", "config": {"batch_input_shape": [null, 4, 4, 2], "name": "i"}},
             {"class_name": "BatchNormalization", "config": {"name": "bn", "axis": [3]}}]}, "name": "inner", "inbound_nodes": [[["c", 0, 0, {}]]]},
          {"class_name": "Add", "config": {"name": "sum"}, "name": "sum", "inbound_nodes": [[["c", 0, 0, {}], ["inner", 1, 0, {}]]]},
          {"class_name": "Flatten", "config": {"name": "f"}, "name": "f", "inbound_nodes": [[["sum", 0, 0, {}]]]},
          {"class_name": "Dense", "config": {"name": "d", "units": 2, "activation": "softmax"}, "name": "d", "inbound_nodes": [[["f", 0, 0, {}]]]}],
          "input_layers": [["in", 0, 0]], "output_layers": [["d", 0, 0]]}}
        """;

    private static readonly string[] Scraps =
    [
        "null", "true", "-1", "0", "1e400", "99999999999999999999", "\"\"", "\"\\ud800\"", "[]", "{}", "[[[[]]]]", "\"Lambda\"", "\"Functional\"", "\"in\"", "\"c\"", "[null]", "[null, 2147483647, 2147483647]",
        "{\"class_name\": \"Dense\", \"config\": {}}", "{\"class_name\": \"Sequential\", \"config\": {\"layers\": []}}", "{\"class_name\": \"Lambda\", \"config\": {\"function\": \"x\"}}", "{\"class_name\": 1}",
    ];

    [Fact]
    public async Task The_model_itself_is_taken()
    {
        ImportOutcome outcome = await ImportAsync(Model);
        outcome.Errors.ShouldBeEmpty();
        outcome.Report!.Loaded.Count.ShouldBe(8);
    }

    [Fact]
    public async Task Damaged_descriptions_give_errors_or_a_model()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("TRAINSERVICE_FUZZ"), out int many) ? many : 300, refused = 0;
        for (int seed = 0; seed < count; seed++)
        {
            string damaged = Damage(Model, new Random(seed));
            ImportOutcome outcome;
            try
            {
                outcome = await ImportAsync(damaged);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Damage {seed} gave {e.GetType()}: {e.Message}\n{damaged}", e);
            }
            if (outcome.Report?.Complete != true)
            {
                refused++;
                outcome.Errors.ShouldNotBeEmpty(damaged);
            }
        }
        refused.ShouldBeGreaterThan(count / 3);
        if (many > 0) Console.WriteLine($"{count} damaged descriptions, {refused} refused");
    }

    [Theory]
    [InlineData("2.15.0", true)]
    [InlineData("2.2.4-tf", true)]
    [InlineData("3.8.0", false)]
    [InlineData(null, false)]
    public async Task What_version_2_means_otherwise_is_said_in_todays_words(string? version, bool old)
    {
        foreach (string name in new[] { "hard_sigmoid", "relu" })
        {
            ICheckpointStore store = Substitute.For<ICheckpointStore>();
            string kept = "";
            store.SaveAsync(NSubstitute.Arg.Do<NewCheckpoint>(c => kept = c.MetadataJson), NSubstitute.Arg.Any<Func<Stream, CancellationToken, Task>>(), NSubstitute.Arg.Any<CancellationToken>()).Returns((CheckpointRecord?)null);
            ImportOutcome outcome = await ImportAsync(Model.Replace("\"activation\": \"relu\"", $"\"activation\": \"{name}\"", StringComparison.Ordinal), version, store);
            outcome.Errors.ShouldBeEmpty();
            kept.Replace(" ", "", StringComparison.Ordinal).Contains("\"width\":5", StringComparison.Ordinal).ShouldBe(old && name == "hard_sigmoid", kept);
        }
    }

    [Fact]
    public async Task Nesting_far_beyond_any_model_is_an_error()
    {
        string nested = Model;
        for (int i = 0; i < 60; i++) nested = $$$"""{"class_name": "Sequential", "config": {"name": "s{{{i}}}", "layers": [{{{nested}}}]}}""";
        (await ImportAsync(nested)).Errors.ShouldNotBeEmpty();
        (await ImportAsync(new string('[', 300) + new string(']', 300))).Errors.ShouldHaveSingleItem().Code.ShouldBe("broken_file");
    }

    /// <summary>A value of the description becomes another one of it, a scrap, or goes; or its text is cut, doubled or mistyped.</summary>
    private static string Damage(string json, Random random)
    {
        if (random.Next(5) == 0)
        {
            int at = random.Next(json.Length), length = random.Next(1, 30);
            string cut = json[..at] + json[Math.Min(json.Length, at + length)..];
            return random.Next(2) == 0 ? cut : json.Insert(at, "{}[],:\"0n"[random.Next(9)].ToString());
        }
        JsonNode root = JsonNode.Parse(json)!;
        for (int times = random.Next(1, 3); times > 0; times--)
        {
            List<JsonNode> all = [];
            Gather(root, all);
            JsonNode chosen = all[random.Next(all.Count)], other = all[random.Next(all.Count)];
            string scrap = Scraps[random.Next(Scraps.Length)];
            JsonNode? value = random.Next(2) == 0 ? other.DeepClone() : scrap.Contains("ud800", StringComparison.Ordinal) || scrap == "1e400" ? JsonValue.Create("~") : JsonNode.Parse(scrap);
            if (chosen.Parent is JsonObject parent)
            {
                string key = parent.First(p => ReferenceEquals(p.Value, chosen)).Key;
                if (random.Next(6) == 0) parent.Remove(key);
                else parent[key] = value;
            }
            else if (chosen.Parent is JsonArray list)
            {
                int index = list.IndexOf(chosen);
                if (random.Next(6) == 0) list.RemoveAt(index);
                else list[index] = value;
            }
        }
        return root.ToJsonString().Replace("\"~\"", random.Next(2) == 0 ? "\"\\ud800\"" : "1e400", StringComparison.Ordinal);
    }

    private static void Gather(JsonNode node, List<JsonNode> all)
    {
        if (node.Parent is not null) all.Add(node);
        IEnumerable<JsonNode?> children = node is JsonObject map ? map.Select(p => p.Value) : node is JsonArray list ? list : [];
        foreach (JsonNode? child in children.OfType<JsonNode>()) Gather(child!, all);
    }

    private static async Task<ImportOutcome> ImportAsync(string model, string? version = null, ICheckpointStore? store = null)
    {
        var root = new Hdf5Content();
        root.Text("model_config", model);
        if (version is not null) root.Text("keras_version", version);
        Hdf5Content weights = root.Group("model_weights");
        weights.Texts("layer_names", ["in", "c", "inner", "sum", "f", "d"]);
        Put(weights, "in", []);
        Put(weights, "c", [("c/kernel:0", [3, 3, 1, 2]), ("c/bias:0", [2])]);
        Put(weights, "inner", [("bn/gamma:0", [2]), ("bn/beta:0", [2]), ("bn/moving_mean:0", [2]), ("bn/moving_variance:0", [2])]);
        Put(weights, "sum", []);
        Put(weights, "f", []);
        Put(weights, "d", [("d/kernel:0", [32, 2]), ("d/bias:0", [2])]);
        using var file = new MemoryStream();
        Hdf5Writer.Write(file, root);
        file.Position = 0;
        using JsonDocument description = JsonDocument.Parse("{}");
        store ??= Substitute.For<ICheckpointStore>();
        return await new CheckpointImporter(store).ImportAsync(description.RootElement, file, "m.h5", CancellationToken.None);
    }

    private static void Put(Hdf5Content weights, string layer, (string Name, long[] Shape)[] tensors)
    {
        Hdf5Content group = weights.Group(layer);
        group.Texts("weight_names", [.. tensors.Select(t => t.Name)]);
        foreach ((string name, long[] shape) in tensors) group.Add(name, new NamedArray(name, shape, new float[shape.Aggregate(1L, (a, b) => a * b)]));
    }
}
