using System.Text.Json;
using System.Text.Json.Nodes;

namespace TrainService.Jobs;

/// <summary>
/// "parent" and "parent:best" in the place of a checkpoint's id: the last or the best checkpoint that the job's parent will have left. A resolved spec
/// names it so until the parent has succeeded, then by its id.
/// </summary>
public static class ParentCheckpoint
{
    /// <summary>The words for the checkpoint at the end, and for the one that the parent calls its best.</summary>
    public const string Final = "final", Best = "best";

    private const string Word = "parent";

    private static readonly (string Object, string Member)[] Places = [("weights_from", "checkpoint"), ("", "from_checkpoint")];

    public static bool Is(string checkpoint) => checkpoint == Word || checkpoint.StartsWith(Word + ":", StringComparison.Ordinal);

    /// <summary>Which of the parent's checkpoints: final, best, or a part of its result by name.</summary>
    public static string Which(string checkpoint) => checkpoint == Word ? Final : checkpoint[(Word.Length + 1)..];

    /// <summary>Which of its parent's checkpoints a resolved spec starts from; null when none.</summary>
    public static string? WantedBy(string resolvedJson)
        => JsonNode.Parse(resolvedJson)?["model"] is JsonObject model && Find(model) is { } place ? Which(place.Owner[place.Member]!.GetValue<string>()) : null;

    /// <summary>The resolved spec with the checkpoint in the place of those words.</summary>
    public static string Bind(string resolvedJson, string checkpoint)
    {
        JsonNode resolved = JsonNode.Parse(resolvedJson)!;
        if (resolved["model"] is not JsonObject model || Find(model) is not { } place)
            return resolvedJson;
        place.Owner[place.Member] = checkpoint;
        return resolved.ToJsonString(JsonSerializerOptions.Default);
    }

    private static (JsonObject Owner, string Member)? Find(JsonObject model)
    {
        foreach ((string name, string member) in Places)
            if ((name.Length == 0 ? model : model[name]) is JsonObject owner && owner[member] is JsonValue value && value.TryGetValue(out string? text) && Is(text))
                return (owner, member);
        return null;
    }
}
