using System.Text.Json.Nodes;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Specification.Writing;

namespace TrainService.Training.Reuse;

/// <summary>
/// The network of a checkpoint that a job will have left, as it is known before the job has run. Most jobs leave the model of their resolved spec; a kind
/// that leaves others says so in its summary: <c>"leaves": {"final": {"model", "input_shape"}, …}</c>, by the reasons that its checkpoints are saved for.
/// </summary>
internal static class ParentModel
{
    public const string Leaves = "leaves";

    /// <param name="id">By <see cref="ParentCheckpoint"/>.</param>
    /// <returns>Null when there is none such; an error says why, unless the parent itself has errors.</returns>
    public static (JsonObject Model, IReadOnlyList<int> InputShape)? Of(ParentSpec? parent, string id, string pointer, SpecErrors errors)
    {
        if (parent is null)
        {
            errors.Add(pointer, "conflict", "The job names no parent whose checkpoint it could start from.", id);
            return null;
        }

        if (parent.Faulty) return null;
        JsonObject summary = JsonNode.Parse(parent.SummaryJson)!.AsObject(), resolved = JsonNode.Parse(parent.ResolvedJson)!.AsObject();
        string which = ParentCheckpoint.Which(id);
        JsonObject leaves = summary[Leaves] as JsonObject ?? (parent.Kind == JobArguments.TrainKind ? LeftByTraining(resolved, summary) : []);
        if (leaves[ParentCheckpoint.Final] is { } last && leaves[ParentCheckpoint.Best] is null && resolved["checkpoint"]?["keep_best"]?.GetValue<long>() > 0) leaves[ParentCheckpoint.Best] = last.DeepClone();
        if (leaves.Count == 0)
            errors.Add(pointer, "conflict", $"Its parent, of kind {parent.Kind}, leaves no checkpoint.", id);
        else if (leaves[which] is not JsonObject left)
            errors.Add(pointer, "not_found", $"Its parent leaves no '{which}' checkpoint, but {string.Join(", ", leaves.Select(l => l.Key))}."
                + (which == ParentCheckpoint.Best ? " A best one is kept where checkpoint.keep_best is 1 or more." : ""), id, NearestName.Of(which, leaves.Select(l => l.Key)));
        else if (left["model"] is JsonObject model && left["input_shape"] is JsonArray shape)
            return (model, [.. shape.Select(n => n!.GetValue<int>())]);
        return null;
    }

    /// <summary>For the summary of a job: what its checkpoints will hold, by the reason that they are saved for.</summary>
    public static JsonObject Describe(IEnumerable<(string Which, ComponentValue Model, IReadOnlyList<int> InputShape)> leaves) => new(leaves.Select(l => KeyValuePair.Create(l.Which, (JsonNode?)new JsonObject
    {
        ["model"] = SpecWriter.Write(WeightsFrom.Without(l.Model)),
        ["input_shape"] = new JsonArray([.. l.InputShape.Select(n => (JsonNode?)n)]),
    })));

    private static JsonObject LeftByTraining(JsonObject resolved, JsonObject summary)
    {
        if (resolved["model"] is not JsonObject model || summary["input_shape"] is not JsonArray shape) return [];
        var left = new JsonObject { ["model"] = model.DeepClone(), ["input_shape"] = shape.DeepClone() };
        left["model"]!.AsObject().Remove(WeightsFrom.Name);
        return new JsonObject { [ParentCheckpoint.Final] = left };
    }
}
