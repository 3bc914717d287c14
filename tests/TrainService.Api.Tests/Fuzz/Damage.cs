using System.Text;
using System.Text.Json.Nodes;
using TrainService.Formats.Tests;

namespace TrainService.Api.Tests.Fuzz;

/// <summary>Changes good inputs: JSON as a tree or as text, other files byte by byte. The same random numbers give the same damage.</summary>
internal sealed class Damage(Random random)
{
    private static readonly string[] Numbers = ["0", "-0", "-1", "1e400", "-1e400", "1e-400", "0.1", "2147483648", "9223372036854775808", "1e9", "65536", "NaN", "007", "1.", "\"1\"", "1e5"];
    private static readonly string[] Texts = ["\"\"", "\"\\ud800\"", "\"\\u0000\"", "null", "true", "[]", "{}", "[[[[]]]]", "{\"type\":{}}", "\"dense\"", "\"adam\""];

    /// <summary>One byte, or more and worse.</summary>
    public byte[] Bytes(byte[] file)
    {
        if (random.Next(3) > 0) return Mutations.Apply(file, random.Next());
        byte[] changed = [.. file];
        changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
        return changed;
    }

    /// <summary>A few changes to the tree, and now and then to its text.</summary>
    public string Json(JsonNode good)
    {
        JsonNode tree = good.DeepClone();
        for (int times = random.Next(0, 4); times > 0; times--) Change(tree);
        string text = tree.ToJsonString();
        return random.Next(5) == 0 ? Text(text) : text;
    }

    private void Change(JsonNode tree)
    {
        JsonNode[] nodes = [.. Walk(tree)];
        JsonNode at = nodes[random.Next(nodes.Length)];
        switch (at)
        {
            case JsonObject o when o.Count > 0:
                string key = o.ElementAt(random.Next(o.Count)).Key;
                if (random.Next(3) == 0) o.Remove(key);
                else if (random.Next(2) == 0) o[key + "x"] = o[key]?.DeepClone();
                else o[key] = nodes[random.Next(nodes.Length)].DeepClone();
                break;
            case JsonArray { Count: > 0 } a:
                int index = random.Next(a.Count);
                if (random.Next(3) == 0) a.RemoveAt(index);
                else if (random.Next(2) == 0) for (int i = random.Next(1, 30); i > 0; i--) a.Insert(index, a[index]?.DeepClone());
                else a[index] = nodes[random.Next(nodes.Length)].DeepClone();
                break;
            case JsonValue value when at.Parent is JsonObject parent:
                parent[value.GetPropertyName()] = JsonNode.Parse(Fragment(strict: true));
                break;
        }
    }

    // What a text can be wrong in that a tree cannot: numbers, doubled keys, endings, bytes.
    private string Text(string json)
    {
        var text = new StringBuilder(json);
        int at = random.Next(text.Length);
        switch (random.Next(6))
        {
            case 0: text.Length = at; break;
            case 1: text.Insert(at, Fragment(strict: false)); break;
            case 2: text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)); break;
            case 3: text.Insert(at, new string(random.Next(2) == 0 ? '[' : '{', random.Next(1, 5000))); break;
            case 4: text[at] = (char)random.Next(1, 0x3000); break;
            default: text.Insert(1, $"\"{new string('k', random.Next(300))}\":{Fragment(strict: false)},"); break;
        }
        return text.ToString();
    }

    private string Fragment(bool strict)
    {
        while (true)
        {
            string[] from = random.Next(2) == 0 ? Numbers : Texts;
            string fragment = from[random.Next(from.Length)];
            if (!strict || fragment is not ("NaN" or "007" or "1." or "\"\\ud800\"")) return fragment;
        }
    }

    private static IEnumerable<JsonNode> Walk(JsonNode node)
    {
        yield return node;
        IEnumerable<JsonNode?> inner = node switch { JsonObject o => o.Select(p => p.Value), JsonArray a => a, _ => [] };
        foreach (JsonNode? child in inner)
            if (child is not null)
                foreach (JsonNode found in Walk(child)) yield return found;
    }
}
