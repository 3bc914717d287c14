using System.Text.Json;
using TrainService.Formats;
using TrainService.Specification.Reading;

namespace TrainService.Training.Reuse.Import;

/// <summary>Refuses, by name, what a description of a model can only mean with code of its own: lambdas and classes that are not Keras's.</summary>
internal static class CodeInModels
{
    private const int MostLevels = 64;

    /// <summary>Adds an error for each such object. Nothing of them is looked into, let alone executed.</summary>
    public static void Refuse(JsonElement model, string pointer, SpecErrors errors)
    {
        if (KerasTree(model) && KerasNode.LayersOf(model) is null && KerasNode.ClassOf(model) is var name && name is not ("Sequential" or "Functional" or "Model"))
        {
            errors.Add(pointer, "custom_class", $"The model is of the class '{ArrayFormatException.Printable(name)}'{Registered(model)}, which is not Keras's: what it does stands in code that the file does not hold, "
                + "and no code from elsewhere is executed here. Sequential and Functional models can be taken in.", name);
            return;
        }
        Visit(model, pointer, errors, 0);
    }

    private static void Visit(JsonElement json, string pointer, SpecErrors errors, int level)
    {
        if (level > MostLevels || errors.Full) return;
        if (json.ValueKind == JsonValueKind.Array)
        {
            int i = 0;
            foreach (JsonElement item in json.EnumerateArray()) Visit(item, $"{pointer}/{i++}", errors, level + 1);
            return;
        }
        if (json.ValueKind != JsonValueKind.Object) return;
        if (KerasTree(json) && Objection(json) is { } objection)
        {
            errors.Add(pointer, objection.Code, objection.Detail, KerasNode.ClassOf(json));
            return;
        }
        foreach (JsonProperty member in json.EnumerateObject())
            if (member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array && JsonText.TryGetName(member, out string? name)) Visit(member.Value, JsonPointer.Member(pointer, name), errors, level + 1);
    }

    private static (string Code, string Detail)? Objection(JsonElement json)
    {
        string name = KerasNode.ClassOf(json), called = KerasNode.NameOf(json);
        if (name is "Lambda" or "__lambda__")
            return ("contains_code", $"{(called.Length > 0 ? $"The layer '{ArrayFormatException.Printable(called)}'" : "An object")} is a Lambda: it holds code, and no code from elsewhere is executed here. Say it with layers instead.");
        if (Registered(json) is { Length: > 0 } registered)
            return ("custom_class", $"{(called.Length > 0 ? $"The layer '{ArrayFormatException.Printable(called)}'" : "An object")} is of the class '{ArrayFormatException.Printable(name)}'{registered}, which is not Keras's: "
                + "what it does stands in code that the file does not hold.");
        return null;
    }

    private static bool KerasTree(JsonElement json) => json.ValueKind == JsonValueKind.Object && JsonText.TryGetMember(json, "class_name", out JsonElement name) && name.ValueKind == JsonValueKind.String;

    // Keras's own classes are registered under no name, or just their own.
    private static string Registered(JsonElement json) => JsonText.TryGetMember(json, "registered_name", out JsonElement given) && given.ValueKind == JsonValueKind.String
        && JsonText.TryGet(given, out string? text) && text.Contains('>', StringComparison.Ordinal) ? $" (registered as '{ArrayFormatException.Printable(text)}')" : "";
}
