using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Api.Http;

namespace TrainService.Api.Endpoints;

/// <summary>The epochs of a job as rows; as CSV (RFC 4180), a column for each scalar that any of them has.</summary>
internal sealed class MetricsTable(IReadOnlyList<JsonElement> epochs)
{
    public const string CsvType = "text/csv";

    private const string Pictures = "pictures";

    public IReadOnlyList<JsonElement> Epochs { get; } = epochs;

    /// <summary>At most <paramref name="points"/> of them, evenly spaced, the first and the last included.</summary>
    public static IEnumerable<T> Thin<T>(IReadOnlyList<T> all, int points)
        => all.Count <= points ? all : Enumerable.Range(0, points).Select(i => all[(int)((long)i * (all.Count - 1) / (points - 1))]);

    /// <summary>An epoch's figures alone: its pictures are for those who follow the events.</summary>
    public static JsonElement WithoutPictures(JsonElement epoch)
    {
        if (!epoch.TryGetProperty(Pictures, out _)) return epoch;
        JsonObject figures = JsonObject.Create(epoch)!;
        figures.Remove(Pictures);
        return RawJson.Element(figures.ToJsonString(JsonSerializerOptions.Default));
    }

    public string ToCsv()
    {
        string[] columns = [.. Epochs.SelectMany(e => e.EnumerateObject()).Where(p => IsScalar(p.Value)).Select(p => p.Name).Distinct(StringComparer.Ordinal)];
        var text = new StringBuilder();
        text.AppendJoin(',', columns.Select(Quote)).Append("\r\n");
        foreach (JsonElement epoch in Epochs)
            text.AppendJoin(',', columns.Select(c => epoch.TryGetProperty(c, out JsonElement v) && IsScalar(v) ? Cell(v) : "")).Append("\r\n");
        return text.ToString();
    }

    private static bool IsScalar(JsonElement value) => value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array);

    private static string Cell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => Quote(value.GetString()!),
        _ => value.GetRawText(),
    };

    private static string Quote(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
