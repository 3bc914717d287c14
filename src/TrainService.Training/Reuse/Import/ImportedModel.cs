using System.Text.Json;
using TrainService.Formats.Keras;
using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Losses;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Compilation;
using TrainService.Training.Models;
using TrainService.Training.Models.Nesting;

namespace TrainService.Training.Reuse.Import;

/// <summary>The network of an import: as it was sent, or as the file describes it. Errors of a file's own description point into /model too.</summary>
internal static class ImportedModel
{
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 256 };

    /// <summary>The description in the file.</summary>
    /// <returns>Null when there is none: an error then.</returns>
    public static JsonDocument? Parse(KerasFile? file, SpecErrors errors)
    {
        if (file?.ModelJson is not { } text)
        {
            errors.Add("/model", "required", file is null ? "The part model is missing: the network as JSON, in any form that a job takes. Safetensors and NPZ files don't describe one."
                : "The file holds weights alone: send the network as the part model, in any form that a job takes.");
            return null;
        }
        try
        {
            return JsonDocument.Parse(text, Depth);
        }
        catch (JsonException e)
        {
            errors.Add("/weights", "broken_file", $"The file's description of its model is no valid JSON: {e.Message}");
            return null;
        }
    }

    /// <param name="json">The description, whoever gave it.</param>
    /// <param name="sent">What was read of it, when it was sent; null when it stood in the file.</param>
    /// <param name="fileVersion">Of the Keras that saved the file; null when nobody says. What the description itself says goes before it.</param>
    /// <param name="errors">Where errors are gathered.</param>
    public static (ComponentValue Model, ModelDefinition Definition, Network Network)? Read(JsonElement json, ComponentValue? sent, string? fileVersion, SpecErrors errors)
    {
        if (errors.Any) return null;
        if (sent is null) CodeInModels.Refuse(json, "/model", errors);
        if (errors.Any) return null;
        ComponentValue? given = sent ?? new SpecReader(JobVocabulary.All, errors).ReadComponent(json, "model", "/model");
        if (given is null || errors.Any) return null;
        if (ModelForms.IsKeras(json) && !JsonText.TryGetMember(json, OldActivations.Version, out _) && OldActivations.IsOld(fileVersion)) given = OldActivations.Translate(given);
        ComponentValue model = ModelDefaults.Fill(given, JobVocabulary.All);
        var definition = (ModelDefinition)model.Create();
        Network? network = NetworkBuilder.Build(definition, definition.InputShape is null ? BuiltFor(json) : null, errors);
        if (network is null && !errors.Any)
            errors.Add(definition.InputPointer, "required", "Nobody says what comes in: give the first layer input_shape, the shape of one sample.");
        return network is null || errors.Any ? null : (model, definition, network);
    }

    /// <summary>The loss that the file was compiled with, when it is one that is known here and fits; null otherwise.</summary>
    public static ComponentValue? LossOf(KerasFile? file, Network network)
    {
        if (file?.TrainingJson is not { } text) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Depth);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !JsonText.TryGetMember(document.RootElement, "loss", out JsonElement loss)) return null;
            var errors = new SpecErrors();
            ComponentValue? read = new SpecReader(JobVocabulary.All, errors).ReadComponent(loss, "loss", "/loss");
            if (read is null || errors.Any) return null;
            // A loss that can't take this output would make a checkpoint that nobody can ask.
            _ = ((Loss)read.Create()).TargetLength((int)network.OutputShape.Size);
            return read;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Shape of a sample, for a model that learned it from its first batch: Keras notes it beside the layers.</summary>
    private static List<int>? BuiltFor(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) return null;
        JsonElement shape = default;
        if (JsonText.TryGetMember(json, "build_config", out JsonElement build) && build.ValueKind == JsonValueKind.Object) _ = JsonText.TryGetMember(build, "input_shape", out shape);
        else if (JsonText.TryGetMember(json, KerasNode.Config, out JsonElement config) && config.ValueKind == JsonValueKind.Object) _ = JsonText.TryGetMember(config, "build_input_shape", out shape);
        if (shape.ValueKind != JsonValueKind.Array || shape.GetArrayLength() is < 2 or > 9) return null;
        List<int> axes = [.. shape.EnumerateArray().Skip(1).Select(n => n.ValueKind == JsonValueKind.Number && n.TryGetInt32(out int size) ? size : 0)];
        return axes.All(n => n is >= 1 and <= 1 << 24) ? axes : null;
    }
}
