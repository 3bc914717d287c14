using System.Text.Json.Nodes;

namespace TrainService.Jobs;

/// <summary>JSON merge patch, RFC 7396: objects are merged member by member, null removes, everything else replaces.</summary>
public static class MergePatch
{
    /// <summary>The patched document. Neither argument is changed.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
            return patch?.DeepClone();
        JsonObject result = target is JsonObject members ? (JsonObject)members.DeepClone() : [];
        foreach ((string name, JsonNode? value) in changes)
        {
            result.TryGetPropertyValue(name, out JsonNode? before);
            result.Remove(name);
            if (value is not null)
                result[name] = Apply(before, value);
        }
        return result;
    }
}
