using System.Text.Json;
using TrainService.Formats;

namespace TrainService.Data;

/// <summary>Small pieces of error messages.</summary>
internal static class JsonWords
{
    /// <summary>Past so many errors in one input there is no point in looking for more.</summary>
    public const int MaxErrors = 100;

    public static string Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };

    /// <summary>Foreign text for a message: at most 80 characters, none of them a control character or half of a surrogate pair.</summary>
    public static string Short(string text) => ArrayFormatException.Printable(text);

    /// <summary>The first ten, and how many more.</summary>
    public static string List(IEnumerable<string> names)
    {
        string[] all = [.. names];
        string shown = string.Join(", ", all.Take(10).Select(n => $"'{Short(n)}'"));
        return all.Length <= 10 ? shown : $"{shown} and {all.Length - 10} more";
    }
}
