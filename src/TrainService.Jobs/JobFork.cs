using System.Text.Json;
using System.Text.Json.Nodes;

namespace TrainService.Jobs;

/// <summary>
/// The spec of a fork: the one its origin was sent with, its model replaced by the checkpoint, then patched (RFC 7396). So a patch may cut,
/// continue or freeze the model as any <c>from_checkpoint</c> can. The seed that was drawn for the origin stays unless the patch says another.
/// </summary>
public static class JobFork
{
    /// <summary>A bare name stands for an object with that type, so that a patch of its arguments finds something to patch.</summary>
    private static readonly string[] Components = ["optimizer", "schedule", "loss"];

    public static JsonElement SpecOf(JobRecord origin, string checkpointId, JsonElement? patch)
    {
        JsonObject spec = JsonNode.Parse(origin.SpecJson)!.AsObject();
        JsonObject? changes = patch is { } given ? JsonObject.Create(given) : null;
        // What its origin waited for is over.
        spec.Remove(JobChain.Parent);
        spec["model"] = new JsonObject { ["from_checkpoint"] = checkpointId };
        if (spec["seed"] is null && JsonNode.Parse(origin.ResolvedJson)!["seed"] is { } drawn)
            spec["seed"] = drawn.DeepClone();
        foreach (string name in Components)
            if (changes?[name] is JsonObject && spec[name] is JsonValue value && value.TryGetValue(out string? type))
                spec[name] = new JsonObject { ["type"] = type };
        return JsonSerializer.SerializeToElement(changes is null ? spec : MergePatch.Apply(spec, changes));
    }

    /// <summary>Its best checkpoint so far; null when none is known to be.</summary>
    public static string? BestCheckpoint(JobRecord origin)
        => origin.BestJson is { } best ? JsonNode.Parse(best)?["checkpoint"]?.GetValue<string>() : null;
}
