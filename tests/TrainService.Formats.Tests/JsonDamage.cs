using System.Text.Json.Nodes;

namespace TrainService.Formats.Tests;

/// <summary>Damages JSON as people and attackers do: a value becomes another one of it, or a scrap, or goes; or its text is cut, doubled or mistyped.</summary>
/// <param name="scraps">Values to put in, as JSON text.</param>
internal sealed class JsonDamage(params string[] scraps)
{
    /// <summary>Values that are odd anywhere.</summary>
    public static readonly string[] Odd =
    [
        "null", "true", "-1", "0", "1e400", "99999999999999999999", "\"\"", "\"\\ud800\"", "[]", "{}", "[[[[]]]]", "[null]", "[null, 2147483647, 2147483647]", "2147483647", "9223372036854775807", "0.5",
    ];

    public string Apply(string json, Random random)
    {
        if (random.Next(5) == 0)
        {
            int at = random.Next(json.Length), length = random.Next(1, 30);
            string cut = json[..at] + json[Math.Min(json.Length, at + length)..];
            return random.Next(2) == 0 ? cut : json.Insert(at, "{}[],:\"0n"[random.Next(9)].ToString());
        }
        if (random.Next(12) == 0)
        {
            // A key that is no text, or one that is there already.
            int[] keys = [.. Enumerable.Range(0, json.Length).Where(i => json[i] == '{' && i + 1 < json.Length && json[i + 1] == '"')];
            if (keys.Length > 0 && keys[random.Next(keys.Length)] is var at && json.IndexOf("\":", at, StringComparison.Ordinal) is > 0 and var end)
                return json.Insert(at + 1, random.Next(2) == 0 ? "\"\\ud800\": 1, " : $"{json[(at + 1)..(end + 2)]} {scraps[random.Next(scraps.Length)]}, ");
        }
        JsonNode root = JsonNode.Parse(json)!;
        for (int times = random.Next(1, 3); times > 0; times--)
        {
            List<JsonNode> all = [];
            Gather(root, all);
            JsonNode chosen = all[random.Next(all.Count)], other = all[random.Next(all.Count)];
            string scrap = scraps[random.Next(scraps.Length)];
            JsonNode? value = random.Next(2) == 0 ? other.DeepClone() : scrap.Contains("ud800", StringComparison.Ordinal) || scrap == "1e400" ? JsonValue.Create("~") : JsonNode.Parse(scrap);
            if (chosen.Parent is JsonObject parent)
            {
                string key = parent.First(p => ReferenceEquals(p.Value, chosen)).Key;
                if (random.Next(6) == 0) parent.Remove(key);
                else parent[key] = value;
            }
            else if (chosen.Parent is JsonArray list)
            {
                int index = list.IndexOf(chosen);
                if (random.Next(6) == 0) list.RemoveAt(index);
                else list[index] = value;
            }
        }
        return root.ToJsonString().Replace("\"~\"", random.Next(2) == 0 ? "\"\\ud800\"" : "1e400", StringComparison.Ordinal);
    }

    private static void Gather(JsonNode node, List<JsonNode> all)
    {
        if (node.Parent is not null) all.Add(node);
        IEnumerable<JsonNode?> children = node is JsonObject map ? map.Select(p => p.Value) : node is JsonArray list ? list : [];
        foreach (JsonNode? child in children.OfType<JsonNode>()) Gather(child!, all);
    }
}
