using TrainService.Specification;
using TrainService.Specification.Reading;

namespace TrainService.Training.Models.Nesting;

/// <summary>The entries of a stack, each called on the one before it, an input first.</summary>
internal static class EntryChain
{
    public static List<GraphEntry> Of(SpecReader reader, IReadOnlyList<GraphEntry> entries, LayerNames names)
    {
        List<GraphEntry> chain = [];
        if (!entries[0].IsInput) chain.Add(InputOf(reader.Vocabulary, entries[0], names.Free("input")));
        foreach (GraphEntry entry in entries)
        {
            if (entry.Calls.Count > 0)
                reader.Errors.Add($"{entry.Place}/{LayerArguments.Inputs}", "conflict", $"'{entry.Name}' names its inputs; in a sequential model each takes the one before it. Use type \"functional\".");
            else if (entry.IsInput && chain.Count > 0)
                reader.Errors.Add(entry.Place, "conflict", "Only the first layer says what comes in; this one does too.");
            chain.Add(chain.Count == 0 ? entry : entry with
            {
                Calls = [new GraphCall([new TensorReference(chain[^1].Name, 0, 0, entry.Place)], entry.Place)],
                Layer = entry.Layer is { } layer ? layer with { Arguments = layer.Arguments.With(LayerArguments.InputShape, null) } : null,
            });
        }

        return chain;
    }

    /// <summary>The input of a stack that has none: of the shape that its first entry says, or of no known shape.</summary>
    private static GraphEntry InputOf(Vocabulary vocabulary, GraphEntry first, string name)
    {
        ComponentValue marker = vocabulary.WithDefaults("layer", InputMarker.Descriptor.Name);
        IReadOnlyList<long>? shape = first.Layer is { } layer
            ? layer.Arguments.Has(LayerArguments.InputShape) ? layer.Arguments.Integers(LayerArguments.InputShape) : null
            : first.Model!.Inputs[0].Shape;
        if (shape is not null) marker = FlatModel.Marker(vocabulary, name, shape);
        else if (first.Model?.Inputs[0].Marker is { } own) marker = own;
        return new GraphEntry(name, first.Place) { Layer = marker };
    }
}
