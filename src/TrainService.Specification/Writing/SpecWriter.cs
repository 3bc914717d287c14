using System.Text.Json;
using System.Text.Json.Nodes;

namespace TrainService.Specification.Writing;

/// <summary>Writes values back as fully resolved JSON. Reading what was written gives equal values.</summary>
public static class SpecWriter
{
    /// <summary>An object: "type", then every argument.</summary>
    public static JsonObject Write(ComponentValue component)
    {
        var json = new JsonObject { ["type"] = component.Descriptor.Name };
        WriteInto(json, component.Arguments);
        return json;
    }

    /// <summary>An object with every argument.</summary>
    public static JsonObject Write(Arguments arguments)
    {
        var json = new JsonObject();
        WriteInto(json, arguments);
        return json;
    }

    /// <summary>Any value that <see cref="Arguments"/> can hold.</summary>
    public static JsonNode? Write(object? value) => value switch
    {
        null => null,
        long n => JsonValue.Create(n),
        int n => JsonValue.Create(n),
        double n => JsonValue.Create(n),
        bool b => JsonValue.Create(b),
        string s => JsonValue.Create(s),
        ComponentValue c => Write(c),
        Arguments a => Write(a),
        IReadOnlyList<long> list => new JsonArray([.. list.Select(n => (JsonNode?)JsonValue.Create(n))]),
        IReadOnlyList<double> list => new JsonArray([.. list.Select(n => (JsonNode?)JsonValue.Create(n))]),
        IReadOnlyList<string> list => new JsonArray([.. list.Select(s => (JsonNode?)JsonValue.Create(s))]),
        IReadOnlyList<ComponentValue> list => new JsonArray([.. list.Select(c => (JsonNode?)Write(c))]),
        IReadOnlyList<Arguments> list => new JsonArray([.. list.Select(a => (JsonNode?)Write(a))]),
        IReadOnlyDictionary<string, string> map => new JsonObject(map.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)JsonValue.Create(p.Value)))),
        IReadOnlyDictionary<string, double> map => new JsonObject(map.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)JsonValue.Create(p.Value)))),
        JsonElement json => JsonSerializer.SerializeToNode(json),
        _ => throw new ArgumentException($"Arguments hold no {value.GetType().Name}.", nameof(value)),
    };

    private static void WriteInto(JsonObject json, Arguments arguments)
    {
        foreach ((string name, object? value) in arguments.Values) json[name] = Write(value);
    }
}
