using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Specification;

namespace TrainService.Training.Export;

/// <summary>Values as Python spells them.</summary>
internal static class PythonText
{
    /// <summary>Said by nobody, since it is what Keras does anyway.</summary>
    private static readonly Dictionary<string, string> Usual = new(StringComparer.Ordinal)
    {
        ["data_format"] = "\"channels_last\"", ["sparse"] = "False", ["use_bias"] = "True", ["activation"] = "\"linear\"", ["bias_initializer"] = "keras.initializers.Zeros()",
        ["dilation_rate"] = "(1, 1)", ["groups"] = "1", ["gamma_initializer"] = "keras.initializers.Ones()", ["beta_initializer"] = "keras.initializers.Zeros()",
        ["moving_mean_initializer"] = "keras.initializers.Zeros()", ["moving_variance_initializer"] = "keras.initializers.Ones()", ["center"] = "True", ["scale"] = "True",
        ["keepdims"] = "False", ["depth_multiplier"] = "1",
    };

    /// <summary>JSON's texts are Python's too.</summary>
    public static string Text(string value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Default);

    /// <summary>An object that Keras serialized becomes the call that makes it; lists of numbers become tuples.</summary>
    public static string Value(JsonNode? json) => json switch
    {
        null => "None",
        JsonObject made when made["class_name"] is { } name => $"{made["module"]?.GetValue<string>() ?? "keras"}.{name.GetValue<string>()}({Arguments(made["config"]!.AsObject())})",
        JsonObject map => $"{{{string.Join(", ", map.Select(p => $"{Text(p.Key)}: {Value(p.Value)}"))}}}",
        JsonArray list => $"({string.Join(", ", list.Select(Value))}{(list.Count == 1 ? "," : "")})",
        _ => json.GetValueKind() switch
        {
            JsonValueKind.True => "True",
            JsonValueKind.False => "False",
            _ => json.ToJsonString(JsonSerializerOptions.Default),
        },
    };

    /// <summary>Keyword arguments, without those that say what would be done anyway.</summary>
    public static string Arguments(JsonObject config)
        => string.Join(", ", config.Where(p => p.Value is not null && Value(p.Value) is var text && !(Usual.TryGetValue(p.Key, out string? usual) && usual == text)).Select(p => $"{p.Key}={Value(p.Value)}"));

    /// <summary>A component of Keras, made with the arguments that differ from their defaults.</summary>
    public static string Call(string module, ComponentValue component, params string[] without)
    {
        var values = new List<string>();
        foreach (ArgumentSpec spec in component.Descriptor.Arguments)
            if (!without.Contains(spec.Name) && component.Arguments.Values.GetValueOrDefault(spec.Name) is { } value && Literal(value) is { } text && text != Literal(spec.Default))
                values.Add($"{spec.Name}={text}");
        return $"{module}.{component.Descriptor.KerasName}({string.Join(", ", values)})";
    }

    /// <summary>Null for what is no plain value.</summary>
    public static string? Literal(object? value) => value switch
    {
        bool b => b ? "True" : "False",
        long or int => Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
        double n => n.ToString("R", CultureInfo.InvariantCulture),
        string s => Text(s),
        IReadOnlyList<long> list => $"[{string.Join(", ", list)}]",
        IReadOnlyList<double> list => $"[{string.Join(", ", list.Select(n => n.ToString("R", CultureInfo.InvariantCulture)))}]",
        IReadOnlyList<string> list => $"[{string.Join(", ", list.Select(Text))}]",
        _ => null,
    };
}
