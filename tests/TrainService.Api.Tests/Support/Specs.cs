using System.Text.Json.Nodes;

namespace TrainService.Api.Tests.Support;

/// <summary>Jobs for tests, over a dataset that is made on the spot.</summary>
internal static class Specs
{
    /// <summary>Over in a moment.</summary>
    public static JsonNode Small(int epochs = 3) => Make(units: 8, epochs);

    /// <summary>Goes on until somebody ends it.</summary>
    public static JsonNode Endless() => Make(units: 64, epochs: 10_000);

    /// <summary>Several seconds of work, with an end.</summary>
    public static JsonNode Long(int epochs) => Make(units: 256, epochs);

    /// <summary>Goes on until somebody ends it, with all cores busy for a good part of a second in each epoch.</summary>
    public static JsonNode Heavy()
    {
        JsonNode spec = Make(units: 300, epochs: 10_000);
        spec["dataset"]!["name"] = "synthetic-fashion";
        spec["model"]!["layers"]!.AsArray().Insert(0, new JsonObject { ["type"] = "flatten" });
        spec["model"]!["layers"]![2]!["units"] = 10;
        return spec;
    }

    private static JsonNode Make(int units, int epochs) => JsonNode.Parse($$"""
        {
          "name": "test", "seed": 7,
          "dataset": {"name": "blobs", "validation_split": 0.2},
          "model": {"type": "sequential", "layers": [
            {"type": "dense", "units": {{units}}, "activation": "relu"},
            {"type": "dense", "units": 3, "activation": "softmax"}]},
          "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"],
          "optimizer": {"type": "sgd", "learning_rate": 0.01, "momentum": 0.9},
          "batch_size": 32, "epochs": {{epochs}}
        }
        """)!;
}
