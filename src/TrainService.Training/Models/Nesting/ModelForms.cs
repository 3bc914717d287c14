using System.Text.Json;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Models.Nesting;

/// <summary>
/// The forms of a model that declarations can't express: what Keras's <c>model.to_json()</c> prints, and models among the layers of a model. Both become
/// a plain sequential or functional model.
/// </summary>
internal static class ModelForms
{
    private static readonly HashSet<string> KerasClasses = new(StringComparer.Ordinal) { "Sequential", "Functional", "Model" };

    /// <inheritdoc cref="OwnForm"/>
    public static bool Read(SpecReader reader, JsonElement json, string pointer, out ComponentValue? value)
    {
        value = null;
        if (json.ValueKind != JsonValueKind.Object) return false;
        if (IsKeras(json))
        {
            value = new KerasModelReader(reader).Read(json, pointer)?.ToModel(reader, pointer);
            return true;
        }

        if (!HasModelsAmongLayers(reader.Vocabulary, json)) return false;
        value = new NestedModelReader(reader).Read(json, pointer)?.ToModel(reader, pointer);
        return true;
    }

    /// <summary>True for a model in the form that Keras serializes.</summary>
    public static bool IsKeras(JsonElement json) => json.ValueKind == JsonValueKind.Object && !JsonText.TryGetMember(json, "type", out _)
        && JsonText.TryGetMember(json, KerasForm.ClassName, out JsonElement name) && JsonText.TryGet(name, out string? text) && KerasClasses.Contains(text)
        && JsonText.TryGetMember(json, KerasForm.Config, out JsonElement config) && config.ValueKind == JsonValueKind.Object;

    /// <summary>True for a model where a layer is expected.</summary>
    public static bool IsModel(Vocabulary vocabulary, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) return false;
        if (JsonText.TryGetMember(json, "type", out JsonElement type))
            return JsonText.TryGet(type, out string? text) && vocabulary["model"].Find(text) is not null && vocabulary["layer"].Find(text) is null;
        return IsKeras(json) || vocabulary["model"].TypeKeys.Concat(vocabulary["model"].Keys).Any(k => JsonText.TryGetMember(json, k, out _));
    }

    private static bool HasModelsAmongLayers(Vocabulary vocabulary, JsonElement json)
        => JsonText.TryGetMember(json, "type", out JsonElement type) && JsonText.TryGet(type, out string? text)
            && text is "sequential" or "functional"
            && JsonText.TryGetMember(json, SequentialModel.Layers, out JsonElement layers) && layers.ValueKind == JsonValueKind.Array
            && layers.EnumerateArray().Any(l => IsModel(vocabulary, l));
}
