using System.Text.Json.Nodes;
using TrainService.Data.Preprocessing;
using TrainService.Data.Requests;
using TrainService.Jobs.Specs;
using TrainService.Jobs.Specs.Kinds;
using TrainService.NeuralNet.Catalog;
using TrainService.Specification;
using TrainService.Specification.Publishing;
using TrainService.Specification.Publishing.Documentation;
using TrainService.Training.Models;
using TrainService.Training.Models.Nesting;
using TrainService.Training.Models.Outputs;
using TrainService.Training.Reuse;

namespace TrainService.Training.Compilation;

/// <summary>Everything that a job can ask for, put together from the projects that know it.</summary>
public static class JobVocabulary
{
    /// <summary>Every category of components.</summary>
    public static Vocabulary All { get; } = new(
        new ComponentRegistry("model", [SequentialModel.Descriptor, FunctionalModel.Descriptor, CheckpointModel.Descriptor, .. ArchitectureModel.Descriptors])
        {
            Introduction = "The network: a stack of layers (sequential), a graph of them (functional), a well-known one by its name (architecture), the layers of a checkpoint "
                + "with others on top (from_checkpoint), or what Keras's model.to_json() prints, as it is. Start from a checkpoint whenever there is one of a similar task.",
            OwnForm = ModelForms.Read,
            TypeKeys = [ArchitectureModel.Key],
            Keys = [CheckpointModel.From],
        },
        new ComponentRegistry("layer", [.. Registries.Layers.Descriptors, InputMarker.Descriptor, SharedMarker.Descriptor]) { Common = LayerArguments.Common, Introduction = Registries.Layers.Introduction },
        Registries.Activations,
        Registries.Initializers,
        Registries.Regularizers,
        Registries.Constraints,
        new ComponentRegistry("loss", [.. Registries.Losses.Descriptors, PerOutput.Loss])
        {
            OwnForm = PerOutput.ReadLoss, MayBeSeveral = true, Introduction = Registries.Losses.Introduction,
        },
        new ComponentRegistry("metric", [.. Registries.Metrics.Descriptors, PerOutput.OutputMetric])
        {
            OwnForm = MetricNames.Read, OwnListForm = PerOutput.ReadMetrics, Common = Registries.Metrics.Common, Introduction = Registries.Metrics.Introduction,
        },
        Registries.Optimizers,
        Registries.Schedules,
        Registries.Callbacks,
        Registries.PruningSchedules,
        Preprocessors.Registry);

    /// <summary>Reads the body of POST /jobs.</summary>
    public static JobSpecReader Reader { get; } = new(All, [.. DatasetRequest.Arguments, InputColumns.Argument]);

    /// <summary>For GET /catalog.</summary>
    public static Catalog Catalog { get; } = Catalog.Of(All);

    /// <summary>For GET /docs.</summary>
    public static IReadOnlyList<DocPart> Documentation { get; } = DocPage.Of("What a job can ask for",
        "Everything that can stand in the body of POST /jobs: what it computes, when to use it, and what it takes. Names, arguments and defaults are Keras's. Whatever has a type and "
        + "arguments may be a bare name; Keras's serialized form, {\"class_name\", \"config\"}, is understood everywhere. POST /jobs/validate shows a job with every default filled in, and "
        + "warns where it goes against the advice given here.",
        Reader.Declared, All);

    /// <summary>For GET /schema/job.json, as indented text.</summary>
    public static string JobSchema { get; } = Schema().ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });

    private static JsonObject Schema()
    {
        JsonObject schema = JsonSchema.Of("A TrainService job", Reader.Declared, All);
        var rules = new JsonArray();
        foreach (JobKindSpec kind in JobKinds.All)
        {
            string[] needed = [.. kind.Needs.Where(n => Reader.Declared.Any(m => m.Name == n && !m.Required))];
            if (needed.Length == 0) continue;
            var when = new JsonObject { ["properties"] = new JsonObject { ["kind"] = new JsonObject { ["const"] = kind.Name } } };
            // A job that names no kind is a training.
            if (kind != JobKinds.Train) when["required"] = new JsonArray("kind");
            rules.Add(new JsonObject { ["if"] = when, ["then"] = new JsonObject { ["required"] = new JsonArray([.. needed.Select(n => (JsonNode?)n)]) } });
        }
        if (rules.Count > 0) schema["allOf"] = rules;
        return schema;
    }
}
