using TrainService.Data.Preprocessing;
using TrainService.Data.Requests;
using TrainService.Jobs.Specs;
using TrainService.NeuralNet.Catalog;
using TrainService.Specification;
using TrainService.Specification.Publishing;
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
            OwnForm = ModelForms.Read,
            TypeKeys = [ArchitectureModel.Key],
            Keys = [CheckpointModel.From],
        },
        new ComponentRegistry("layer", [.. Registries.Layers.Descriptors, InputMarker.Descriptor, SharedMarker.Descriptor]) { Common = LayerArguments.Common },
        Registries.Activations,
        Registries.Initializers,
        Registries.Regularizers,
        Registries.Constraints,
        new ComponentRegistry("loss", [.. Registries.Losses.Descriptors, PerOutput.Loss]) { OwnForm = PerOutput.ReadLoss, MayBeSeveral = true },
        new ComponentRegistry("metric", [.. Registries.Metrics.Descriptors, PerOutput.OutputMetric]) { OwnListForm = PerOutput.ReadMetrics },
        Registries.Optimizers,
        Registries.Schedules,
        Registries.Callbacks,
        Registries.PruningSchedules,
        Preprocessors.Registry);

    /// <summary>Reads the body of POST /jobs.</summary>
    public static JobSpecReader Reader { get; } = new(All, [.. DatasetRequest.Arguments, InputColumns.Argument]);

    /// <summary>For GET /catalog.</summary>
    public static Catalog Catalog { get; } = Catalog.Of(All);

    /// <summary>For GET /schema/job.json, as indented text.</summary>
    public static string JobSchema { get; } = JsonSchema.Of("A TrainService job", Reader.Declared, All)
        .ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });
}
