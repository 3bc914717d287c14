using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Specification.Reading;

namespace TrainService.Training.Models.Nesting;

/// <summary>Changes a client's object before it is read. What has half characters in it, or one key twice, can be looked at but not written anew.</summary>
internal static class Rewriting
{
    /// <param name="place">Where the object stands, for the error.</param>
    /// <returns>What was made of it; null when it can't be: an error then.</returns>
    public static JsonElement[]? Of(JsonElement json, string place, SpecErrors errors, Func<JsonObject, IReadOnlyList<JsonObject>> change)
    {
        try
        {
            return [.. change(JsonObject.Create(json)!).Select(o => JsonSerializer.SerializeToElement(o))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            errors.Add(place, "wrong_type", "A key of it stands there twice, or a text in it is no valid Unicode.");
            return null;
        }
    }
}
