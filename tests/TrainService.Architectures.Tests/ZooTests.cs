using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Specification.Writing;

namespace TrainService.Architectures.Tests;

/// <summary>Every architecture of keras.applications against Keras's own list of its layers (zoo/NAME.json, from Keras 3.15.1).</summary>
public sealed class ZooTests
{
    public static TheoryData<string> Names => [.. ArchitectureList.All.Select(a => a.KerasName)];

    /// <summary>Networks that Keras has.</summary>
    public static TheoryData<string> InKeras => [.. ArchitectureList.All.Select(a => a.KerasName).Where(n => n != "AlexNet")];

    [Theory]
    [MemberData(nameof(InKeras))]
    public void Every_layer_is_the_one_that_Keras_has(string name)
    {
        JsonElement keras = Zoo(name);
        ArchitectureGraph graph = ArchitectureList.Find(name)!.Build(new ArchitectureOptions());
        Dictionary<string, NetworkLayer> ours = graph.ToNetwork().Layers.ToDictionary(l => l.Name);
        Dictionary<string, ArchitectureLayer> asked = graph.Layers.ToDictionary(l => l.Name);
        List<string> differences = [];
        int compared = 0;
        foreach (JsonElement layer in keras.GetProperty("layers").EnumerateArray())
        {
            string at = layer[0].GetString()!;
            if (layer[1].GetString() == "InputLayer") continue;
            if (!ours.TryGetValue(at, out NetworkLayer? own))
            {
                differences.Add($"{at} is missing");
                continue;
            }

            compared++;
            Differ(at, "class", layer[1].GetString(), asked[at].Value.Descriptor.KerasName);
            Differ(at, "shape", Text(layer[2].EnumerateArray().Skip(1)), Text(own.OutputShape.Axes));
            Differ(at, "parameters", layer[3].GetInt64(), own.ParameterCount);
            Differ(at, "inputs", Text(layer[4].EnumerateArray()), Text(asked[at].Inputs));
            JsonObject settings = SpecWriter.Write(asked[at].Value);
            foreach (JsonProperty setting in keras.GetProperty("config").GetProperty(at).EnumerateObject())
                Differ(at, setting.Name, Plain(setting.Name, JsonNode.Parse(setting.Value.GetRawText()), own), Plain(setting.Name, settings[setting.Name], own));
        }

        differences.ShouldBeEmpty();
        compared.ShouldBe(ours.Count);

        void Differ(string at, string what, object? theirs, object? own)
        {
            if (!Equals(theirs?.ToString(), own?.ToString())) differences.Add($"{at} {what}: Keras has {theirs}, this is {own}");
        }
    }

    [Theory]
    [MemberData(nameof(InKeras))]
    public void The_parameters_are_as_many_as_Keras_counts(string name)
    {
        Network network = ArchitectureList.Find(name)!.Build(new ArchitectureOptions()).ToNetwork();
        network.ParameterCount.ShouldBe(Zoo(name).GetProperty("total_params").GetInt64());
        (network.ParameterCount - network.TrainableParameterCount).ShouldBe(Zoo(name).GetProperty("non_trainable_params").GetInt64());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Without_a_top_the_output_is_what_pooling_says(string name)
    {
        Architecture architecture = ArchitectureList.Find(name)!;
        ArchitectureOptions bare = new() { IncludeTop = false, InputShape = [architecture.LeastSize + 33, architecture.LeastSize, 3] };
        Network images = architecture.Build(bare).ToNetwork();
        images.OutputShape.Rank.ShouldBe(3);
        foreach (string pooling in (string[])["avg", "max"])
            architecture.Build(bare with { Pooling = pooling }).ToNetwork().OutputShape.Axes.ShouldBe([images.OutputShape[2]]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Classes_and_the_input_can_be_chosen_and_must_fit(string name)
    {
        Architecture architecture = ArchitectureList.Find(name)!;
        architecture.Build(new ArchitectureOptions { Classes = 7, InputShape = [architecture.LeastSize, 96, 1] }).ToNetwork().OutputShape.Axes.ShouldBe([7]);
        Should.Throw<ArgumentConflictException>(() => architecture.Build(new ArchitectureOptions { InputShape = [architecture.LeastSize - 1, 96, 3] })).ParamName.ShouldBe("input_shape");
    }

    // By hand: 96·(11²·3+1) + 256·(5²·96+1) + 384·(3²·256+1) + 384·(3²·384+1) + 256·(3²·384+1) + 4096·(9216+1) + 4096·4097 + 1000·4097.
    [Fact]
    public void AlexNet_has_the_layers_of_the_paper_without_its_division_over_two_processors()
    {
        Network network = ArchitectureList.Find("AlexNet")!.Build(new ArchitectureOptions()).ToNetwork();
        network.ParameterCount.ShouldBe(62_378_344);
        network.Layers.Single(l => l.Name == "flatten").OutputShape.Axes.ShouldBe([9216]);
    }

    private static JsonElement Zoo(string name)
    {
        using GZipStream file = new(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "zoo", $"{name}.json.gz")), CompressionMode.Decompress);
        return JsonDocument.Parse(file).RootElement;
    }

    private static string Text<T>(IEnumerable<T> values) => string.Join(", ", values);

    // A component is compared by its name, a number by its value, one number for both axes as the pair, the last axis however it is counted.
    private static object? Plain(string setting, JsonNode? value, NetworkLayer layer) => value switch
    {
        JsonObject component => $"\"{component["type"]}\"",
        JsonValue number when setting == "axis" && number.GetValueKind() == JsonValueKind.Number && number.ToJsonString() == $"{layer.OutputShape.Rank}" => "-1",
        JsonValue number when number.GetValueKind() == JsonValueKind.Number => double.Parse(number.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture),
        JsonArray { Count: 1 } both => $"[{both[0]},{both[0]}]",
        _ => value?.ToJsonString(),
    };
}
