using System.Text.Json;

namespace TrainService.Api.Problems;

/// <summary>The parser's sentence without its own notes on the position, which the problem states as numbers.</summary>
public static class JsonErrorText
{
    public static string Of(JsonException exception)
    {
        string text = exception.Message;
        foreach (string mark in (string[])[" Path: ", " LineNumber: "])
        {
            int at = text.IndexOf(mark, StringComparison.Ordinal);
            if (at >= 0)
                text = text[..at];
        }

        return text.TrimEnd(' ', '|');
    }
}
