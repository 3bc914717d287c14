using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Data;
using TrainService.Data.Descriptions;
using TrainService.Data.Requests;
using TrainService.Jobs.Specs;
using TrainService.Specification;
using TrainService.Specification.Writing;
using TrainService.Training.Reuse;

namespace TrainService.Training.Checkpoints;

/// <summary>What predicting needs beside the weights. Stands in the checkpoint's row, and in the file itself, so that a downloaded file explains itself.</summary>
internal sealed record CheckpointMetadata
{
    public const int CurrentFormat = 1;

    /// <summary>The model as resolved: every layer, every argument.</summary>
    public required JsonObject Model { get; init; }

    /// <summary>Shape of one sample.</summary>
    public required IReadOnlyList<int> InputShape { get; init; }

    public required JsonObject Loss { get; init; }

    public IReadOnlyList<JsonObject> Metrics { get; init; } = [];

    /// <summary>What it predicts; null when nobody knows.</summary>
    public TargetDescription? Target { get; init; }

    /// <summary>Names of the classes, by index; null when it predicts numbers.</summary>
    public IReadOnlyList<string>? ClassNames => Target?.ClassNames;

    /// <summary>The fitted preprocessing, as <c>FittedPreprocessing</c> writes it.</summary>
    public JsonNode? Preprocessing { get; init; }

    /// <summary>The dataset that it was trained on.</summary>
    public string? Dataset { get; init; }

    /// <summary>What a job's checkpoints all have in common.</summary>
    public static CheckpointMetadata Of(JobSpec spec, PreparedData data) => Of(data, spec.Model, spec.Loss) with { Metrics = [.. spec.Metrics.Select(SpecWriter.Write)] };

    /// <summary>What checkpoints of a model that learned from this data have in common.</summary>
    public static CheckpointMetadata Of(PreparedData data, ComponentValue model, ComponentValue loss) => new()
    {
        Model = SpecWriter.Write(WeightsFrom.Without(model)),
        InputShape = data.InputShape,
        Loss = SpecWriter.Write(loss),
        Target = data.Target,
        Preprocessing = JsonNode.Parse(data.Preprocessing.ToJson()),
        Dataset = data.Described.Dataset.Name,
    };

    public string ToJson() => new JsonObject
    {
        ["format"] = CurrentFormat,
        ["model"] = Model.DeepClone(),
        ["input_shape"] = new JsonArray([.. InputShape.Select(n => (JsonNode?)n)]),
        ["loss"] = Loss.DeepClone(),
        ["metrics"] = new JsonArray([.. Metrics.Select(m => m.DeepClone())]),
        ["target"] = JsonSerializer.SerializeToNode(Target, DataJson.Options),
        ["class_names"] = ClassNames is null ? null : new JsonArray([.. ClassNames.Select(n => (JsonNode?)n)]),
        ["preprocessing"] = Preprocessing?.DeepClone(),
        ["dataset"] = Dataset,
    }.ToJsonString(JsonSerializerOptions.Default);

    /// <exception cref="InvalidDataException">It was not written by this service, or by a newer one.</exception>
    public static CheckpointMetadata Parse(string json)
    {
        try
        {
            JsonObject read = JsonNode.Parse(json)!.AsObject();
            int format = read["format"]!.GetValue<int>();
            if (format != CurrentFormat) throw new InvalidDataException($"The checkpoint has format {format}; this version reads {CurrentFormat}.");
            return new CheckpointMetadata
            {
                Model = read["model"]!.DeepClone().AsObject(),
                InputShape = [.. read["input_shape"]!.AsArray().Select(n => n!.GetValue<int>())],
                Loss = read["loss"]!.DeepClone().AsObject(),
                Metrics = [.. read["metrics"]!.AsArray().Select(m => m!.DeepClone().AsObject())],
                Target = read["target"].Deserialize<TargetDescription>(DataJson.Options),
                Preprocessing = read["preprocessing"]?.DeepClone(),
                Dataset = read["dataset"]?.GetValue<string>(),
            };
        }
        catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException("The checkpoint's metadata is not readable.", e);
        }
    }
}
