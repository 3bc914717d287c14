using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Jobs.Specs.Kinds;
using TrainService.Specification.Reading;

namespace TrainService.Jobs.Sweeps;

/// <summary>The combinations of values that a sweep tries. What is drawn depends on (seed, combination, parameter) alone.</summary>
public static class SweepPoints
{
    /// <param name="parameters">As <see cref="SweepKind.Parameters"/>.</param>
    /// <param name="pointer">Where they stand.</param>
    /// <param name="trials">How many to draw; null for the grid.</param>
    /// <returns>None when there were errors.</returns>
    public static IReadOnlyList<IReadOnlyDictionary<string, JsonNode?>> Of(JsonElement parameters, string pointer, int? trials, ulong seed, SpecErrors errors)
    {
        int before = errors.Count;
        if (parameters.ValueKind != JsonValueKind.Object || parameters.GetPropertyCount() == 0)
        {
            errors.Add(pointer, "wrong_type", "Expected an object from places in the job to the values to try there.", parameters);
            return [];
        }

        List<(string Place, Func<int, JsonNode?> At, int Count)> dimensions = [];
        foreach (JsonProperty one in parameters.EnumerateObject())
        {
            string place = JsonPointer.Member(pointer, one.Name);
            if (!one.Name.StartsWith('/') || one.Name is "/sweep" or "/kind" or "/parent" || one.Name.StartsWith("/sweep/", StringComparison.Ordinal))
                errors.Add(place, "not_found", "Expected a JSON pointer into the job, such as /optimizer/learning_rate.", one.Name);
            else if (dimensions.Any(d => d.Place == one.Name))
                errors.Add(place, "duplicate_key", "The key stands twice.", one.Name);
            else if (Dimension(one.Value, place, one.Name, trials is not null, seed, errors) is { } dimension)
                dimensions.Add((one.Name, dimension.At, dimension.Count));
        }

        if (errors.Count > before)
            return [];
        double all = trials ?? dimensions.Aggregate(1.0, (product, d) => product * d.Count);
        if (all <= SweepKind.MostTrials)
            return [.. Enumerable.Range(0, (int)all).Select(i => Point(dimensions, i, trials is null))];
        errors.Add(pointer, "out_of_range", $"These are {all:N0} combinations; at most {SweepKind.MostTrials} are tried. A random sweep tries some of them.", all);
        return [];
    }

    // The last parameter changes first.
    private static Dictionary<string, JsonNode?> Point(List<(string Place, Func<int, JsonNode?> At, int Count)> dimensions, int index, bool isGrid)
    {
        Dictionary<string, JsonNode?> values = new(StringComparer.Ordinal);
        int[] at = new int[dimensions.Count];
        for (int d = dimensions.Count - 1, rest = index; d >= 0; rest /= isGrid ? dimensions[d].Count : 1, d--)
            at[d] = isGrid ? rest % dimensions[d].Count : index;
        for (int d = 0; d < dimensions.Count; d++)
            values[dimensions[d].Place] = dimensions[d].At(at[d]);
        return values;
    }

    private static (Func<int, JsonNode?> At, int Count)? Dimension(JsonElement given, string place, string name, bool draws, ulong seed, SpecErrors errors)
    {
        string form = "choice";
        JsonElement inner = given;
        int? steps = null;
        if (given.ValueKind == JsonValueKind.Object)
        {
            JsonProperty[] forms = [.. given.EnumerateObject().Where(p => p.Name != "steps")];
            if (forms.Length != 1 || forms[0].Name is not ("choice" or "uniform" or "log_uniform" or "integers"))
                return Wrong("Expected a list of values, or an object with one of choice, uniform, log_uniform and integers.");
            (form, inner) = (forms[0].Name, forms[0].Value);
            if (given.TryGetProperty("steps", out JsonElement count))
            {
                if (count.ValueKind != JsonValueKind.Number || !count.TryGetInt32(out int number) || number is < 1 or > SweepKind.MostTrials)
                    return Wrong($"steps is a whole number from 1 to {SweepKind.MostTrials}.");
                steps = number;
            }
        }

        if (inner.ValueKind != JsonValueKind.Array || inner.GetArrayLength() == 0)
            return Wrong("Expected a list that is not empty.");
        if (form == "choice")
        {
            string[] values = [.. inner.EnumerateArray().Select(v => v.GetRawText())];
            return (i => JsonNode.Parse(values[draws ? (int)(Draw(seed, i, name) * values.Length) : i]), values.Length);
        }

        double[] ends = [.. inner.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.Number).Select(v => v.GetDouble())];
        if (inner.GetArrayLength() != 2 || ends.Length != 2 || !(ends[0] < ends[1]) || !double.IsFinite(ends[1] - ends[0]))
            return Wrong("Expected two numbers, the lower one first.");
        if (form == "log_uniform" && ends[0] <= 0)
            return Wrong("A range of logarithms is above zero.");
        if (form == "integers" && ends.Any(e => e != Math.Floor(e) || Math.Abs(e) > 1e15))
            return Wrong("Expected whole numbers.");
        int most = form == "integers" ? (int)Math.Min(ends[1] - ends[0] + 1, int.MaxValue) : int.MaxValue;
        if (!draws && steps is null && form != "integers")
            return Wrong("A grid needs to know how many values of a range: add steps, or write a list.");
        int wanted = Math.Min(steps ?? most, most);
        return (i => Value(form, ends[0], ends[1], draws ? Draw(seed, i, name) : wanted == 1 ? 0 : (double)i / (wanted - 1), draws), wanted);

        (Func<int, JsonNode?>, int)? Wrong(string why)
        {
            errors.Add(place, "wrong_type", why, given);
            return null;
        }
    }

    /// <param name="share">Of the way from low to high, 0 to 1; drawn ones lie below 1.</param>
    private static JsonValue Value(string form, double low, double high, double share, bool drawn) => form switch
    {
        "integers" => JsonValue.Create((long)(drawn ? Math.Floor(low + (share * (high - low + 1))) : Math.Round(low + (share * (high - low))))),
        "log_uniform" => JsonValue.Create(Rounded(Math.Exp(Math.Log(low) + (share * (Math.Log(high) - Math.Log(low)))), low, high)),
        _ => JsonValue.Create(Rounded(low + (share * (high - low)), low, high)),
    };

    // Six digits are read more easily than seventeen, and say as much.
    private static double Rounded(double value, double low, double high)
        => Math.Clamp(double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), low, high);

    /// <summary>Uniform in [0, 1).</summary>
    private static double Draw(ulong seed, int index, string name)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed} {index} {name}")));
        return (BinaryPrimitives.ReadUInt64LittleEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }
}
