using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Jobs.Specs.Kinds;

namespace TrainService.Jobs.Sweeps;

/// <summary>The job that a trial is: the sweep's own without what makes it a sweep, its values put into their places.</summary>
public static class TrialSpec
{
    /// <param name="sweep">The body that the sweep was sent with.</param>
    /// <param name="monitor">What the sweep ranks by, and so what a trial's best checkpoint is told by; null leaves that to the trial.</param>
    /// <exception cref="ArgumentException">A value has no place in the job; the parameter is named.</exception>
    public static JsonElement Of(JsonElement sweep, IReadOnlyDictionary<string, JsonNode?> values, long seed, string? monitor)
    {
        JsonObject spec = JsonObject.Create(sweep)!.DeepClone().AsObject();
        spec.Remove(SweepKind.Name);
        spec.Remove(JobChain.Parent);
        spec["kind"] = "train";
        spec["seed"] = seed;
        foreach ((string place, JsonNode? value) in values)
            Put(spec, place, value);
        if (monitor is not null && spec["checkpoint"] is null or JsonObject && spec["checkpoint"]?["monitor"] is null)
        {
            if (spec["checkpoint"] is not JsonObject checkpoint)
                spec["checkpoint"] = checkpoint = [];
            checkpoint["monitor"] = monitor;
        }
        return JsonSerializer.SerializeToElement(spec);
    }

    private static void Put(JsonObject spec, string place, JsonNode? value)
    {
        string[] names = [.. place.Split('/').Skip(1).Select(n => n.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
        JsonNode at = spec;
        for (int i = 0; i < names.Length; i++)
        {
            bool isLast = i == names.Length - 1;
            switch (at)
            {
                case JsonObject members when isLast:
                    members[names[i]] = value?.DeepClone();
                    break;
                case JsonObject members:
                    // A bare name stands for an object of that type.
                    at = members[names[i]] switch
                    {
                        null => members[names[i]] = new JsonObject(),
                        JsonValue word when word.TryGetValue(out string? type) => members[names[i]] = new JsonObject { ["type"] = type },
                        var inner => inner,
                    };
                    break;
                case JsonArray items when int.TryParse(names[i], NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < items.Count:
                    if (isLast)
                        items[index] = value?.DeepClone();
                    else
                        at = items[index] is JsonValue word && word.TryGetValue(out string? type) ? items[index] = new JsonObject { ["type"] = type }
                            : items[index] ?? throw new ArgumentException($"There is nothing at {place}.", nameof(place));
                    break;
                default:
                    throw new ArgumentException($"There is no place {place} in the job.", place);
            }
        }
    }
}
