using System.Text.Json;
using TrainService.Specification.Reading;

namespace TrainService.Training.Models.Nesting;

/// <summary>
/// One call of a layer as Keras writes it. Keras 2: <c>[["dense", 0, 0, {}], …]</c>, or a single such entry; Keras 3: <c>{"args": […], "kwargs": {…}}</c>
/// with tensors of class <c>__keras_tensor__</c>.
/// </summary>
internal sealed class KerasCallReader(SpecReader reader)
{
    private const string Training = "training";

    private bool? _training;

    /// <returns>Null when there were errors.</returns>
    public GraphCall? Read(JsonElement json, string place)
    {
        int before = reader.Errors.Count;
        List<TensorReference> inputs = [];
        if (json.ValueKind == JsonValueKind.Object)
        {
            if (JsonText.TryGetMember(json, "args", out JsonElement args)) Argument(args, $"{place}/args", inputs);
            if (JsonText.TryGetMember(json, "kwargs", out JsonElement words)) Words(words, $"{place}/kwargs", inputs);
        }
        else
        {
            Collect(json, place, inputs);
            OldWords(json, place);
        }

        if (inputs.Count == 0 && reader.Errors.Count == before) reader.Errors.Add(place, "wrong_type", "Expected the layers that this one is called on.");
        return reader.Errors.Count > before ? null : new GraphCall(inputs, place, _training);
    }

    /// <summary>Every ["layer", call, output, …] within lists and maps, in order.</summary>
    public static void Collect(JsonElement json, string place, List<TensorReference> found)
    {
        if (json.ValueKind == JsonValueKind.Array && Reference(json, place) is { } reference) found.Add(reference);
        else if (json.ValueKind == JsonValueKind.Array)
        {
            int i = 0;
            foreach (JsonElement element in json.EnumerateArray()) Collect(element, $"{place}/{i++}", found);
        }
        else if (json.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in json.EnumerateObject())
                if (JsonText.TryGetName(property, out string? key))
                    Collect(property.Value, JsonPointer.Member(place, key), found);
        }
    }

    private static TensorReference? Reference(JsonElement json, string place)
        => json.GetArrayLength() >= 3 && JsonText.TryGet(json[0], out string? name)
            && json[1].ValueKind == JsonValueKind.Number && json[1].TryGetInt32(out int call)
            && json[2].ValueKind == JsonValueKind.Number && json[2].TryGetInt32(out int output)
            ? new TensorReference(name, call, output, place)
            : null;

    // What stands in the args of Keras 3: tensors, and lists of them.
    private void Argument(JsonElement json, string place, List<TensorReference> inputs)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            int i = 0;
            foreach (JsonElement element in json.EnumerateArray()) Argument(element, $"{place}/{i++}", inputs);
        }
        else if (json.ValueKind == JsonValueKind.Object && JsonText.TryGetMember(json, KerasForm.Config, out JsonElement config) && config.ValueKind == JsonValueKind.Object
            && JsonText.TryGetMember(config, "keras_history", out JsonElement history) && history.ValueKind == JsonValueKind.Array
            && Reference(history, $"{place}/config/keras_history") is { } reference)
        {
            inputs.Add(reference);
        }
        else if (json.ValueKind != JsonValueKind.Null)
        {
            reader.Errors.Add(place, "unsupported", "A layer can be called on other layers only, not on constants.", json);
        }
    }

    private void Words(JsonElement words, string place, List<TensorReference> inputs)
    {
        if (words.ValueKind != JsonValueKind.Object) return;
        foreach (JsonProperty word in words.EnumerateObject())
        {
            if (!JsonText.TryGetName(word, out string? key) || word.Value.ValueKind == JsonValueKind.Null) continue;
            string at = JsonPointer.Member(place, key);
            if (key == Training && word.Value.ValueKind is JsonValueKind.True or JsonValueKind.False) _training = word.Value.GetBoolean();
            else if (key is "inputs" or "input") Argument(word.Value, at, inputs);
            else reader.Errors.Add(at, "unsupported", $"A call with '{key}' is not supported.", word.Value);
        }
    }

    // In Keras 2 each tensor may bring words of the call.
    private void OldWords(JsonElement json, string place)
    {
        if (json.ValueKind != JsonValueKind.Array) return;
        if (Reference(json, place) is not null)
        {
            if (json.GetArrayLength() > 3) Words(json[3], $"{place}/3", []);
            return;
        }

        int i = 0;
        foreach (JsonElement element in json.EnumerateArray()) OldWords(element, $"{place}/{i++}");
    }
}
