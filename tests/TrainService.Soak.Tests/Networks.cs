using System.Text.Json.Nodes;

namespace TrainService.Soak.Tests;

/// <summary>
/// The jobs whose runs are broken off again and again: each has another kind of state to lose (moments of Adam, a cycle's place, shuffled order,
/// moving statistics, dropout's counters, the best weights so far).
/// </summary>
internal static class Networks
{
    public static IReadOnlyList<string> Names { get; } = ["dense", "normalized", "convolutional"];

    /// <summary>Runs with state of their own: pictures changed anew in each epoch, and the kinds that learn without labels.</summary>
    public static IReadOnlyList<string> Others { get; } = ["rbm", "gan", "pairs", "augmented", "autoencoder", "greedy"];

    public static JsonObject Spec(string name) => name switch
    {
        "dense" => Make(name, "blobs", 260, """
            [{"type": "dense", "units": 96, "activation": "relu"}, {"type": "dense", "units": 48, "activation": "tanh"}, {"type": "dense", "units": 3, "activation": "softmax"}]
            """),
        "normalized" => Make(name, "moons", 200, """
            [{"type": "dense", "units": 64}, {"type": "batch_normalization"}, {"type": "activation", "activation": "relu"}, {"type": "dropout", "rate": 0.3},
             {"type": "dense", "units": 32, "activation": "elu"}, {"type": "dropout", "rate": 0.2}, {"type": "dense", "units": 2, "activation": "softmax"}]
            """),
        "autoencoder" => Make("pretrain_autoencoder", 160, Relu, """{"masking": 0.3}"""),
        "greedy" => Make("pretrain_greedy", 100, Relu, """{"gaussian_noise": 0.1}"""),
        "pairs" => Make("pretrain_pairs", 200, Relu, """{"head": "contrastive"}"""),
        "rbm" => Make("pretrain_rbm", 60, Relu.Replace("relu", "sigmoid", StringComparison.Ordinal), """{"gibbs_steps": 2}"""),
        "gan" => Make("gan", 120, null, """
            {"generator": {"type": "sequential", "layers": [{"type": "dense", "units": 64}, "batch_normalization", "relu", {"type": "dense", "units": 784, "activation": "tanh"}]},
             "discriminator": {"type": "sequential", "layers": ["flatten", {"type": "dense", "units": 64, "activation": "leaky_relu"}, {"type": "dropout", "rate": 0.2}, {"type": "dense", "units": 1, "activation": "sigmoid"}]}}
            """),
        "augmented" => Augmented(Spec("convolutional")),
        _ => Make("convolutional", "synthetic-fashion", 8, """
            [{"type": "reshape", "target_shape": [28, 28, 1]}, {"type": "conv2d", "filters": 8, "kernel_size": 3, "strides": 2, "activation": "relu"},
             {"type": "batch_normalization"}, {"type": "max_pooling2d"}, {"type": "flatten"}, {"type": "dropout", "rate": 0.25}, {"type": "dense", "units": 10, "activation": "softmax"}]
            """, limit: 2000),
    };

    private const string Relu = """[{"type": "flatten"}, {"type": "dense", "units": 64, "activation": "relu"}, {"type": "dense", "units": 24, "activation": "relu"}]""";

    private static JsonObject Augmented(JsonObject spec)
    {
        (spec["epochs"], spec["name"], spec["labels"]) = (24, "augmented", new JsonObject { ["network"] = "augmented" });
        spec["dataset"]!["augment"] = JsonNode.Parse("""{"rotation_range": 20, "width_shift_range": 0.1, "zoom_range": 0.1, "horizontal_flip": true, "cutout": {"size": 6}}""");
        return spec;
    }

    /// <param name="own">The kind's own object.</param>
    private static JsonObject Make(string kind, int epochs, string? layers, string own)
    {
        JsonObject spec = JsonNode.Parse($$"""
            {"name": "{{kind}}", "kind": "{{kind}}", "seed": 11, "labels": {"network": "{{kind}}"}, "dataset": {"name": "synthetic-fashion", "limit": 1000},
             "{{kind}}": {{own}}, "batch_size": 16, "epochs": {{epochs}}, "checkpoint": {"every_epochs": 2, "keep_last": 2}, "retry": {"max_attempts": 1} }
            """)!.AsObject();
        if (layers is not null)
            spec["model"] = new JsonObject { ["type"] = "sequential", ["layers"] = JsonNode.Parse(layers) };
        return spec;
    }

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
