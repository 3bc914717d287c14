using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Jobs.Specs;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Compilation;
using TrainService.Training.Models;

namespace TrainService.Training.Tests.Support;

/// <summary>Specs for tests, out of JSON.</summary>
internal static class Spec
{
    /// <summary>A small job; <paramref name="changes"/> replace its members.</summary>
    public static JsonObject Json(string changes = "{}")
    {
        JsonObject job = JsonNode.Parse("""
            {"seed": 7, "dataset": {"name": "blobs"}, "loss": "sparse_categorical_crossentropy", "optimizer": "adam", "epochs": 3, "batch_size": 16,
             "model": {"type": "sequential", "layers": [{"type": "dense", "units": 8, "activation": "relu"}, {"type": "dense", "units": 3, "activation": "softmax"}]}}
            """)!.AsObject();
        foreach ((string name, JsonNode? value) in JsonNode.Parse(changes)!.AsObject()) job[name] = value?.DeepClone();
        return job;
    }

    /// <summary>The job, read; it must be legal.</summary>
    public static JobSpec Job(string changes = "{}")
    {
        JobReading reading = JobVocabulary.Reader.Read(JsonSerializer.SerializeToElement(Json(changes)));
        reading.Errors.All.ShouldBeEmpty();
        return reading.Spec!;
    }

    public static ComponentValue Model(string layers) => Component("model", $$"""{"type": "sequential", "layers": {{layers}}}""");

    public static ModelDefinition Definition(string layers) => (ModelDefinition)Model(layers).Create();

    public static ComponentValue Component(string category, string json)
    {
        (ComponentValue? value, IReadOnlyList<SpecError> errors) = TryComponent(category, json);
        errors.ShouldBeEmpty();
        return value!;
    }

    public static (ComponentValue? Value, IReadOnlyList<SpecError> Errors) TryComponent(string category, string json)
    {
        var errors = new SpecErrors();
        using JsonDocument document = JsonDocument.Parse(json);
        return (new SpecReader(JobVocabulary.All, errors).ReadComponent(document.RootElement, category, "/" + category), errors.All);
    }
}
