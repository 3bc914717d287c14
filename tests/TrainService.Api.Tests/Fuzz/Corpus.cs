using System.Text;
using System.Text.Json.Nodes;
using TrainService.Api.Tests.Support;
using TrainService.Formats;
using TrainService.Formats.Npy;
using TrainService.Formats.Safetensors;

namespace TrainService.Api.Tests.Fuzz;

/// <summary>Good inputs, which the damage begins with.</summary>
internal static class Corpus
{
    public const string Model = """{"type": "sequential", "layers": [{"type": "dense", "units": 4, "input_shape": [3], "name": "a"}, {"type": "dense", "units": 2, "name": "b", "activation": "softmax"}]}""";

    public static readonly JsonNode[] Jobs =
    [
        JsonNode.Parse(File.ReadAllText(Path.Combine(ServiceProgram.Examples, "fashion-mlp.json")))!,
        Specs.Small(),
        JsonNode.Parse("""
            {"dataset": {"name": "synthetic-fashion", "limit": 200, "validation_split": 0.2}, "loss": "sparse_categorical_crossentropy", "epochs": 1, "model": {"type": "functional",
             "layers": [{"type": "input", "name": "in", "shape": [28, 28, 1]}, {"type": "conv2d", "name": "c", "filters": 4, "kernel_size": 3, "inputs": ["in"], "padding": "same"},
              {"type": "conv2d", "name": "d", "filters": 4, "kernel_size": [3, 3], "inputs": ["in"], "padding": "same"}, {"type": "add", "name": "s", "inputs": ["c", "d"]},
              {"type": "max_pooling2d", "name": "p", "inputs": ["s"]}, {"type": "flatten", "name": "f", "inputs": ["p"]},
              {"type": "dense", "name": "out", "units": 10, "activation": "softmax", "inputs": ["f"]}], "outputs": ["out"]}}
            """)!,
        JsonNode.Parse("""
            {"dataset": {"name": "spirals", "preprocess": ["standardize"]}, "loss": {"class_name": "SparseCategoricalCrossentropy", "config": {"from_logits": true}}, "epochs": 2,
             "optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.01, "beta_1": 0.9}}, "schedule": {"type": "one_cycle", "max_learning_rate": 0.05},
             "callbacks": [{"type": "early_stopping", "patience": 2, "monitor": "loss"}], "checkpoint": {"every_epochs": 1, "keep_last": 2}, "limits": {"threads": 1},
             "model": {"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"units": 8, "activation": "relu"}},
              {"class_name": "BatchNormalization", "config": {}}, {"class_name": "Dropout", "config": {"rate": 0.3}}, {"class_name": "Dense", "config": {"units": 3}}]}}}
            """)!,
        JsonNode.Parse("""{"dataset": {"name": "fashion-mnist", "limit": 100}, "model": {"architecture": "mobilenet_v2", "classes": 10}, "loss": "sparse_categorical_crossentropy", "epochs": 1}""")!,
        JsonNode.Parse("""
            {"dataset": {"name": "sine"}, "loss": "mse", "metrics": ["mae"], "labels": {"a": "b"}, "priority": 3, "retry": {"max_attempts": 2}, "model": {"type": "sequential", "layers": [
              {"type": "dense", "units": 16, "activation": {"type": "leaky_relu"}, "kernel_regularizer": {"type": "l2", "l2": 0.01}, "kernel_constraint": "max_norm"}, {"type": "dense", "units": 1}]},
             "phases": [{"epochs": 1, "freeze": ["*"]}, {"epochs": 2, "unfreeze": ["*"], "optimizer": "adam"}]}
            """)!,
    ];

    public static readonly byte[] Csv = Encoding.UTF8.GetBytes("a,b,\"c \"\"q\"\"\",label\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{i},{i * 0.5},\"w{i % 3}\",{(i % 2 == 0 ? "yes" : "no")}\n")));

    public static readonly byte[] JsonLines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20).Select(i => $$"""{"a": {{i}}, "b": "w{{i % 3}}", "label": {{i % 2}}}""" + "\n")));

    public static readonly byte[] Npz = Make(s => NpzFile.Write(s, Arrays()));
    public static readonly byte[] PackedNpz = Make(s => NpzFile.Write(s, Arrays(), compress: true));

    public static readonly byte[] Idx = [0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, 2, 0, 0, 0, 2, .. Enumerable.Range(0, 24).Select(i => (byte)i)];

    public static readonly byte[] IdxLabels = [0, 0, 8, 1, 0, 0, 0, 6, 0, 1, 0, 1, 0, 1];

    public static readonly byte[] Safetensors = Make(s => SafetensorsFile.Write(s, Weights(), new Dictionary<string, string> { ["format"] = "x" }));
    public static readonly byte[] WeightsNpz = Make(s => NpzFile.Write(s, Weights()));

    public static readonly string[] Options =
    [
        """{"label": "label"}""", """{"label": ["label"], "features": ["a"], "validation_split": 0.2, "missing": "drop"}""", """{"format": "csv", "header": false, "delimiter": ";"}""",
        """{"class_names": ["x", "y"], "scale": 0.5, "target": "class", "test_split": 0.3, "seed": 4}""",
    ];

    private static NamedArray[] Arrays() => [new("x", [6, 3], Floats(18)), new("y", ArrayType.Int64, [6], new byte[48]), new("x_val", [2, 3], Floats(6)), new("y_val", ArrayType.Int64, [2], new byte[16])];

    private static NamedArray[] Weights() => [new("a/kernel", [3, 4], Floats(12)), new("a/bias", [4], Floats(4)), new("b/kernel", [4, 2], Floats(8)), new("b/bias", [2], Floats(2))];

    private static float[] Floats(int count) => [.. Enumerable.Range(0, count).Select(i => (i % 7) - 3f)];

    private static byte[] Make(Action<Stream> write)
    {
        var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }
}
