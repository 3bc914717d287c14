using System.Text.Json;
using System.Text.Json.Nodes;
using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Models.Nesting;

/// <summary>Reads a sequential or functional model that has models among its layers.</summary>
internal sealed class NestedModelReader(SpecReader reader)
{
    private static readonly ArgumentSpec[] Members =
    [
        new("type", ArgumentKind.Json, "sequential or functional."),
        new("name", ArgumentKind.Text, "What people call the model.") { Nullable = true },
        new(SequentialModel.Layers, ArgumentKind.Json, "Layers and models.") { Required = true },
    ];

    private static readonly ArgumentSpec[] GraphMembers = [.. Members, Arg.Texts(FunctionalModel.Outputs, "Names of the layers that the model puts out.", minCount: 1, maxCount: 256, required: true)];

    /// <summary>Members of an entry that are about its place in the outer model.</summary>
    private static readonly ArgumentSpec[] Outer = [.. LayerArguments.Common.Where(a => a.Name is LayerArguments.Inputs or LayerArguments.Trainable)];

    public ReadModel? Read(JsonElement json, string pointer)
    {
        int before = reader.Errors.Count;
        bool graph = JsonText.TryGetMember(json, "type", out JsonElement type) && type.ValueEquals("functional");
        Arguments read = reader.ReadObject(json, graph ? GraphMembers : Members, pointer);
        if (reader.Errors.Count > before) return null;
        var layers = (JsonElement)read.Values[SequentialModel.Layers]!;
        LayerNames names = new(layers.EnumerateArray().Select(NameOf));
        List<GraphEntry> entries = [];
        int index = 0;
        foreach (JsonElement element in layers.EnumerateArray())
            if (Entry(element, $"{pointer}/{SequentialModel.Layers}/{index++}", names) is { } entry)
                entries.Add(entry);
        if (reader.Errors.Count > before) return null;
        TensorReference[] outputs;
        if (graph)
        {
            Dictionary<string, TensorReference> renamed = JoinCalls(entries);
            TensorReference Renamed(TensorReference used) => renamed.TryGetValue(used.Entry, out TensorReference call) ? call with { Place = used.Place } : used;
            entries = [.. entries.Select(e => e with { Calls = [.. e.Calls.Select(c => c with { Inputs = [.. c.Inputs.Select(Renamed)] })] })];
            outputs = [.. read.Texts(FunctionalModel.Outputs).Select((name, i) => Renamed(new TensorReference(name, 0, 0, $"{pointer}/{FunctionalModel.Outputs}/{i}")))];
        }
        else
        {
            entries = EntryChain.Of(reader, entries, names);
            outputs = [new TensorReference(entries[^1].Name, 0, 0, pointer)];
        }

        if (reader.Errors.Count > before) return null;
        return new GraphOpening(reader, entries).Open([], outputs) is { } flat ? new ReadModel(flat, null, read.OptionalText("name")) : null;
    }

    /// <summary>A shared layer that names a model is one more call of that model.</summary>
    /// <returns>Which call of which model each such layer has become.</returns>
    private static Dictionary<string, TensorReference> JoinCalls(List<GraphEntry> entries)
    {
        Dictionary<string, TensorReference> renamed = new(StringComparer.Ordinal);
        foreach (GraphEntry entry in entries.ToArray())
        {
            if (entry.Layer is not { } layer || layer.Descriptor.Name != SharedMarker.Descriptor.Name || entry.Calls is not [var call]) continue;
            int model = entries.FindIndex(e => e.Model is not null && e.Name == layer.Arguments.Text(SharedMarker.LayerKey));
            if (model < 0) continue;
            renamed[entry.Name] = new TensorReference(entries[model].Name, entries[model].Calls.Count, 0, entry.Place);
            entries[model] = entries[model] with { Calls = [.. entries[model].Calls, call] };
            entries.RemoveAt(entries.FindIndex(e => ReferenceEquals(e, entry)));
        }

        return renamed;
    }

    private GraphEntry? Entry(JsonElement element, string place, LayerNames names)
    {
        if (!ModelForms.IsModel(reader.Vocabulary, element))
            return reader.ReadComponent(element, "layer", place) is { } layer ? new GraphEntry(names.Of(layer), place) { Layer = layer, Calls = CallsOf(layer.Arguments, place) } : null;
        if (Rewriting.Of(element, place, reader.Errors, Parted) is not [var outer, var own]) return null;
        Arguments about = reader.ReadObject(outer, Outer, place);
        if (reader.ReadComponent(own, "model", place) is not { } model) return null;
        if (FlatModel.Of(model) is { } flat)
            return new GraphEntry(NameOf(element) ?? names.Free(model.Descriptor.Name), place) { Model = flat, Trainable = about.Flag(LayerArguments.Trainable), Calls = CallsOf(about, place) };
        reader.Errors.Add(place, "unsupported", "Only the whole model of a job can start from a checkpoint, not a model among its layers.", model.Descriptor.Name);
        return null;
    }

    /// <summary>What is said of the model as a layer, and the model itself.</summary>
    private JsonObject[] Parted(JsonObject own)
    {
        JsonObject outer = [];
        foreach (string key in Outer.Select(a => a.Name).Where(own.ContainsKey))
        {
            outer[key] = own[key]?.DeepClone();
            own.Remove(key);
        }

        if (reader.Vocabulary["model"].TypeKeys.Any(own.ContainsKey)) own.Remove("name");
        return [outer, own];
    }

    private static GraphCall[] CallsOf(Arguments arguments, string place) => arguments.Has(LayerArguments.Inputs)
        ? [new GraphCall([.. arguments.Texts(LayerArguments.Inputs).Select((name, i) => new TensorReference(name, 0, 0, $"{place}/{LayerArguments.Inputs}/{i}"))], place)]
        : [];

    private static string? NameOf(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object) return null;
        JsonElement owner = JsonText.TryGetMember(element, KerasForm.Config, out JsonElement config) && config.ValueKind == JsonValueKind.Object ? config : element;
        return JsonText.TryGetMember(owner, "name", out JsonElement name) && JsonText.TryGet(name, out string? text) ? text : null;
    }
}
