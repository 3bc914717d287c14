using System.Globalization;
using System.Text.Json;

namespace TrainService.Specification.Reading;

/// <summary>Says in words what an argument takes and what a JSON value is.</summary>
internal static class Expectation
{
    public static string Of(ArgumentSpec spec) => spec.Kind switch
    {
        ArgumentKind.Integer => "a whole number" + Range(spec),
        ArgumentKind.Number => "a number" + Range(spec) + Instead(spec),
        ArgumentKind.Flag => "true or false",
        ArgumentKind.Text => "a text",
        ArgumentKind.Choice => "one of " + string.Join(", ", spec.Choices),
        ArgumentKind.Integers => "a list of whole numbers" + (Range(spec) is { Length: > 0 } r ? ", each" + r : ""),
        ArgumentKind.Numbers => "a list of numbers" + (Range(spec) is { Length: > 0 } r ? ", each" + r : ""),
        ArgumentKind.Texts => "a list of texts",
        ArgumentKind.Component => $"the name of a {Words(spec.Category)}, or an object with \"type\"",
        ArgumentKind.Components => $"a list of {Words(spec.Category)} names or objects with \"type\"",
        ArgumentKind.Object => "an object",
        ArgumentKind.Objects => "a list of objects",
        ArgumentKind.TextMap => "an object whose values are texts",
        ArgumentKind.NumberMap => "an object whose values are numbers" + (Range(spec) is { Length: > 0 } r ? ", each" + r : ""),
        _ => "a JSON value",
    };

    public static string Name(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => value.GetRawText().Length <= 40 ? value.GetRawText() : "a number of many digits",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    public static string Words(string? name) => (name ?? "").Replace('_', ' ');

    private static string Instead(ArgumentSpec spec)
        => string.Concat(spec.Words.Select(w => $", or \"{w}\"")) + (spec.Category is null ? "" : $", or a {Words(spec.Category)}");

    private static string Range(ArgumentSpec spec)
    {
        string? low = spec.Minimum is { } min ? (spec.MinimumExclusive ? "above " : "at least ") + Show(min) : null;
        string? high = spec.Maximum is { } max ? (spec.MaximumExclusive ? "below " : "at most ") + Show(max) : null;
        if (spec is { Minimum: { } from, Maximum: { } to, MinimumExclusive: false, MaximumExclusive: false })
            return $" from {Show(from)} to {Show(to)}";
        return (low, high) switch
        {
            (null, null) => "",
            (not null, null) => " " + low,
            (null, not null) => " " + high,
            _ => $" {low} and {high}",
        };
    }

    private static string Show(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
