using System.Text.Json.Nodes;

namespace TrainService.Soak.Tests;

/// <summary>
/// The jobs whose runs are broken off again and again: each has another kind of state to lose (moments of Adam, a cycle's place, shuffled order,
/// moving statistics, dropout's counters, the best weights so far).
/// </summary>
internal static class Networks
{
    public static IReadOnlyList<string> Names { get; } = ["dense", "normalized", "convolutional"];

    public static JsonObject Spec(string name) => name switch
    {
        "dense" => Make(name, "blobs", 260, """
            [{"type": "dense", "units": 96, "activation": "relu"}, {"type": "dense", "units": 48, "activation": "tanh"}, {"type": "dense", "units": 3, "activation": "softmax"}]
            """),
        "normalized" => Make(name, "moons", 200, """
            [{"type": "dense", "units": 64}, {"type": "batch_normalization"}, {"type": "activation", "activation": "relu"}, {"type": "dropout", "rate": 0.3},
             {"type": "dense", "units": 32, "activation": "elu"}, {"type": "dropout", "rate": 0.2}, {"type": "dense", "units": 2, "activation": "softmax"}]
            """),
        _ => Make(name, "synthetic-fashion", 8, """
            [{"type": "reshape", "target_shape": [28, 28, 1]}, {"type": "conv2d", "filters": 8, "kernel_size": 3, "strides": 2, "activation": "relu"},
             {"type": "batch_normalization"}, {"type": "max_pooling2d"}, {"type": "flatten"}, {"type": "dropout", "rate": 0.25}, {"type": "dense", "units": 10, "activation": "softmax"}]
            """, limit: 2000),
    };

    private static JsonObject Make(string name, string dataset, int epochs, string layers, int? limit = null)
    {
        JsonObject spec = JsonNode.Parse($$"""
            {
              "name": "{{name}}", "seed": 11, "labels": {"network": "{{name}}"},
              "dataset": {"name": "{{dataset}}", "validation_split": 0.2},
              "model": {"type": "sequential", "layers": {{layers}}},
              "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"],
              "optimizer": {"type": "adam", "learning_rate": 0.002}, "schedule": {"type": "one_cycle", "max_learning_rate": 0.01},
              "batch_size": 16, "epochs": {{epochs}}, "shuffle": true,
              "callbacks": [{"type": "early_stopping", "monitor": "val_loss", "patience": 1000, "restore_best_weights": true}],
              "checkpoint": {"every_epochs": 2, "keep_last": 2, "keep_best": 1}, "retry": {"max_attempts": 1}
            }
            """)!.AsObject();
        if (limit is { } rows)
            spec["dataset"]!["limit"] = rows;
        return spec;
    }
}
