using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Models.Nesting;

/// <summary>
/// Reads what Keras's <c>model.to_json()</c> prints: Sequential and Functional, of Keras 2 (calls as lists) and Keras 3 (calls with
/// <c>__keras_tensor__</c>), models within models, layers called several times.
/// </summary>
internal sealed class KerasModelReader(SpecReader reader)
{
    private const string Layers = "layers", InputLayers = "input_layers", OutputLayers = "output_layers", InboundNodes = "inbound_nodes", BatchInputShape = "batch_input_shape";

    private bool _old;

    /// <param name="json">By <see cref="ModelForms.IsKeras"/>.</param>
    /// <returns>Null when there were errors.</returns>
    public ReadModel? Read(JsonElement json, string pointer)
    {
        if (Text(json, OldActivations.Version) is { } version) _old = OldActivations.IsOld(version);
        int before = reader.Errors.Count;
        _ = JsonText.TryGetMember(json, KerasForm.ClassName, out JsonElement className);
        _ = JsonText.TryGetMember(json, KerasForm.Config, out JsonElement config);
        string place = JsonPointer.Member(pointer, KerasForm.Config);
        if (!JsonText.TryGetMember(config, Layers, out JsonElement layers) || layers.ValueKind != JsonValueKind.Array || layers.GetArrayLength() == 0)
        {
            reader.Errors.Add($"{place}/{Layers}", "required", "Expected a list of layers.");
            return null;
        }

        LayerNames names = new(layers.EnumerateArray().Select(l => NameOf(l)));
        List<GraphEntry> entries = [];
        int index = 0;
        foreach (JsonElement layer in layers.EnumerateArray())
            if (Entry(layer, $"{place}/{Layers}/{index++}", names) is { } entry)
                entries.Add(entry);
        string? name = Text(config, "name");
        if (reader.Errors.Count > before) return null;
        if (className.ValueEquals("Sequential"))
        {
            if (entries.TrueForAll(e => e.Model is null)) return Stack(entries, name, pointer);
            entries = EntryChain.Of(reader, [.. entries.Select(e => e with { Calls = [] })], names);
            return Opened(entries, [], [new TensorReference(entries[^1].Name, 0, 0, pointer)], name);
        }

        List<TensorReference> inputs = References(config, InputLayers, place), outputs = References(config, OutputLayers, place);
        if (outputs.Count == 0) reader.Errors.Add($"{place}/{OutputLayers}", "required", "Expected the layers that the model puts out, such as [[\"dense\", 0, 0]].");
        return reader.Errors.Count > before ? null : Opened(entries, inputs, outputs, name);
    }

    private ReadModel? Opened(List<GraphEntry> entries, IReadOnlyList<TensorReference> inputs, IReadOnlyList<TensorReference> outputs, string? name)
        => new GraphOpening(reader, entries).Open(inputs, outputs) is { } flat ? new ReadModel(flat, null, name) : null;

    private ReadModel? Stack(List<GraphEntry> entries, string? name, string pointer)
    {
        ComponentValue stack = reader.Vocabulary.WithDefaults("model", SequentialModel.Descriptor.Name);
        stack = stack with { Arguments = stack.Arguments.With("name", name).With(SequentialModel.Layers, entries.Select(e => e.Layer!).ToArray()) };
        return ReadModel.Made(reader, stack, pointer) is { } made ? new ReadModel(null, made, name) : null;
    }

    private GraphEntry? Entry(JsonElement json, string place, LayerNames names)
    {
        if (ModelForms.IsKeras(json))
        {
            if (Read(json, place) is not { } model) return null;
            bool trainable = !(JsonText.TryGetMember(json, KerasForm.Config, out JsonElement own) && JsonText.TryGetMember(own, LayerArguments.Trainable, out JsonElement flag)
                && flag.ValueKind == JsonValueKind.False);
            return new GraphEntry(NameOf(json) ?? names.Free("model"), place) { Model = model.Flat, Trainable = trainable, Calls = CallsOf(json, place) };
        }

        if (json.ValueKind == JsonValueKind.Object && NameOf(json) is { } said)
        {
            if (Plain(json, said, place) is not { } plain) return null;
            json = plain;
        }

        return reader.ReadComponent(json, "layer", place) is { } layer
            ? new GraphEntry(names.Of(layer), place) { Layer = _old ? OldActivations.Translate(layer) : layer, Calls = CallsOf(json, place) } : null;
    }

    // The name may stand beside the config only, and the first layer of a stack may say the shape of a batch.
    private JsonElement? Plain(JsonElement json, string name, string place)
    {
        if (!JsonText.TryGetMember(json, KerasForm.Config, out JsonElement config) || config.ValueKind != JsonValueKind.Object) return json;
        bool isInput = Text(json, KerasForm.ClassName) == InputMarker.Descriptor.KerasName;
        bool shaped = !isInput && JsonText.TryGetMember(config, BatchInputShape, out JsonElement batch) && batch.ValueKind == JsonValueKind.Array && batch.GetArrayLength() > 1;
        if (!shaped && JsonText.TryGetMember(config, LayerArguments.Name, out _)) return json;
        return Rewriting.Of(json, place, reader.Errors, changed =>
        {
            JsonObject inner = changed[KerasForm.Config]!.DeepClone().AsObject();
            inner[LayerArguments.Name] = name;
            if (shaped)
            {
                inner[LayerArguments.InputShape] = new JsonArray([.. inner[BatchInputShape]!.AsArray().Skip(1).Select(n => n?.DeepClone())]);
                inner.Remove(BatchInputShape);
            }

            changed[KerasForm.Config] = inner;
            return [changed];
        })?[0];
    }

    private GraphCall[] CallsOf(JsonElement json, string place)
    {
        if (!JsonText.TryGetMember(json, InboundNodes, out JsonElement nodes) || nodes.ValueKind != JsonValueKind.Array) return [];
        return [.. nodes.EnumerateArray().Select((node, i) => new KerasCallReader(reader).Read(node, $"{place}/{InboundNodes}/{i}")).OfType<GraphCall>()];
    }

    private List<TensorReference> References(JsonElement config, string key, string place)
    {
        List<TensorReference> found = [];
        if (JsonText.TryGetMember(config, key, out JsonElement given)) KerasCallReader.Collect(given, $"{place}/{key}", found);
        return found;
    }

    private static string? NameOf(JsonElement layer)
        => Text(layer, LayerArguments.Name) ?? (layer.ValueKind == JsonValueKind.Object && JsonText.TryGetMember(layer, KerasForm.Config, out JsonElement config) ? Text(config, LayerArguments.Name) : null);

    private static string? Text(JsonElement json, string key)
        => json.ValueKind == JsonValueKind.Object && JsonText.TryGetMember(json, key, out JsonElement value) && JsonText.TryGet(value, out string? text) ? text : null;
}
