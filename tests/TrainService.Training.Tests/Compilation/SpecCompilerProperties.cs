using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using TrainService.Jobs.Ports;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Compilation;

/// <summary>Whatever a client sends is understood or refused with places: a job with parts replaced, removed, doubled and moved about.</summary>
public sealed class SpecCompilerProperties : IAsyncDisposable
{
    private const string Job = """
        {"name": "n", "labels": {"a": "b"}, "kind": "train", "seed": 1, "dataset": {"name": "spirals", "validation_split": 0.2, "split": "random", "classes": [0, 1, 2], "limit": 90,
          "preprocess": ["standardize", {"type": "rescale", "scale": 2}]},
         "model": {"type": "sequential", "layers": [{"type": "input", "shape": [2]}, {"type": "dense", "units": 4, "activation": {"type": "leaky_relu", "negative_slope": 0.1}},
           {"type": "batch_normalization", "momentum": 0.9}, {"type": "dropout", "rate": 0.5}, {"class_name": "Dense", "config": {"units": 3, "activation": "softmax"}}]},
         "loss": {"type": "sparse_categorical_crossentropy", "label_smoothing": 0.1}, "class_weight": {"1": 2}, "metrics": ["accuracy", {"type": "top_k_accuracy", "k": 2}],
         "optimizer": {"type": "sgd", "learning_rate": 0.1, "momentum": 0.9, "clipnorm": 1}, "schedule": {"type": "exponential", "decay_rate": 0.5, "decay_steps": 5},
         "batch_size": 8, "epochs": 2, "shuffle": false, "callbacks": [{"type": "early_stopping", "monitor": "val_loss"}], "checkpoint": {"every_epochs": 1, "keep_last": 1},
         "limits": {"max_runtime_seconds": 9, "threads": 1}, "priority": 1, "retry": {"max_attempts": 2}}
        """;

    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1", "3", "0.5", "1e308", "-0.0", "2147483648", "9223372036854775807", "\"\"", "\"dense\"", "\"softmax\"", "\"relu\"", "\"mse\"", "\"sine\"",
        "\"blobs\"", "\"accuracy\"", "\"val_loss\"", "\"one_cycle\"", "\"\\u0000\"", "[]", "[[]]", "[1]", "[0]", "[1, 2, 3, 4, 5, 6, 7, 8, 9]", "{}", "{\"type\": \"dense\"}",
        "{\"type\": \"dense\", \"units\": 1048576}", "{\"class_name\": \"Dense\", \"config\": {\"units\": 2}}", "[\"flatten\"]", "[null]", "{\"a\": 1}", "{\"type\": {\"type\": 1}}", "\"categorical_crossentropy\"",
    ];

    private readonly ServiceHarness _service = new();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public void Any_change_to_a_job_is_understood_or_refused()
    {
        int understood = 0, refused = 0;
        Gen<(int, int, int)> change = Gen.Choose(0, int.MaxValue).Zip(Gen.Choose(0, 3)).Zip(Gen.Choose(0, Values.Length - 1)).Select(t => (t.Item1.Item1, t.Item1.Item2, t.Item2));
        Prop.ForAll(change.ArrayOf().Resize(6).ToArbitrary(), changes =>
        {
            JsonNode job = JsonNode.Parse(Job)!;
            foreach ((int place, int kind, int value) in changes) Change(job, place, kind, value);
            CompiledSpec compiled = _service.Compiler.CompileAsync(JsonSerializer.SerializeToElement(job), default).GetAwaiter().GetResult();
            if (compiled.Errors.Count > 0) refused++;
            else understood++;
            compiled.Errors.ShouldAllBe(e => (e.Pointer == "" || e.Pointer.StartsWith('/')) && e.Detail.Length > 0);
            JsonSerializer.Serialize(compiled.Errors).ShouldNotBeEmpty();
            (compiled.Envelope is null).ShouldBe(compiled.Errors.Count > 0);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));
        understood.ShouldBeGreaterThan(50);
        refused.ShouldBeGreaterThan(500);
    }

    // Replaces, removes or doubles one node of the tree, or gives an object a key it does not know.
    private static void Change(JsonNode root, int place, int kind, int value)
    {
        JsonNode[] all = [.. Nodes(root).Skip(1)];
        if (all.Length == 0) return;
        JsonNode node = all[place % all.Length];
        JsonNode? replacement = JsonNode.Parse(Values[value]);
        switch (node.Parent)
        {
            case JsonArray list when kind == 1: list.Remove(node); break;
            case JsonArray list when kind == 2: list.Add(node.DeepClone()); break;
            case JsonArray list: list[list.IndexOf(node)] = replacement; break;
            case JsonObject parent when kind == 1: parent.Remove(node.GetPropertyName()); break;
            case JsonObject parent when kind == 2: parent[node.GetPropertyName() + "x"] = node.DeepClone(); break;
            case JsonObject parent: parent[node.GetPropertyName()] = replacement; break;
        }
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode node) => node switch
    {
        JsonObject o => o.Where(p => p.Value is not null).SelectMany(p => Nodes(p.Value!)).Prepend(o),
        JsonArray a => a.Where(n => n is not null).SelectMany(n => Nodes(n!)).Prepend(a),
        _ => [node],
    };
}
