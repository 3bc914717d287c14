using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Kinds;
using TrainService.Training.Models;

namespace TrainService.Training.Export.Folding;

/// <summary>A model without the normalizations that were folded. Every layer bears the name that it had, said now, since names are made by counting layers.</summary>
internal static class FoldedModel
{
    /// <param name="into">The layer that took over, for each normalization that is gone.</param>
    public static ComponentValue Of(ComponentValue model, ModelDefinition definition, IReadOnlyList<int> inputShape, IReadOnlyDictionary<string, string> into)
    {
        if (into.Count == 0) return model;
        // A network that is asked for by name has no list of layers that one could be taken out of.
        if (!model.Arguments.Values.ContainsKey(SequentialModel.Layers)) (model, definition) = Written(model, definition, inputShape);
        Dictionary<int, string> names = definition.Nodes.Where(n => n.Node.Name != ModelDefinition.Outputs).ToDictionary(n => n.Place!.Value, n => n.Node.Name);
        HashSet<string> biased = [.. into.Values];
        bool graph = model.Arguments.Values.ContainsKey(FunctionalModel.Outputs);
        List<ComponentValue> layers = [];
        foreach ((int place, ComponentValue layer) in model.Arguments.ValueList(SequentialModel.Layers).Index())
        {
            string? name = names.GetValueOrDefault(place) ?? (graph ? definition.InputName : null);
            if (name is null)
            {
                layers.Add(layer);
                continue;
            }
            if (into.ContainsKey(name)) continue;
            ComponentValue kept = Made.With(layer, LayerArguments.Name, name);
            if (biased.Contains(name)) kept = Made.With(kept, "use_bias", true);
            if (layer.Arguments.Has(LayerArguments.Inputs)) kept = Made.With(kept, LayerArguments.Inputs, Renamed(layer.Arguments.Texts(LayerArguments.Inputs), into));
            layers.Add(kept);
        }
        model = Made.With(model, SequentialModel.Layers, layers);
        return graph ? Made.With(model, FunctionalModel.Outputs, Renamed(model.Arguments.Texts(FunctionalModel.Outputs), into)) : model;
    }

    private static string[] Renamed(IReadOnlyList<string> names, IReadOnlyDictionary<string, string> into) => [.. names.Select(n => into.GetValueOrDefault(n, n))];

    private static (ComponentValue Model, ModelDefinition Definition) Written(ComponentValue model, ModelDefinition definition, IReadOnlyList<int> inputShape)
    {
        OpenModel open = OpenModel.Of(model, inputShape, new SpecErrors()) ?? throw new InvalidOperationException($"'{model.Descriptor.Name}' was built before.");
        string input = definition.InputName ?? open.Input;
        ComponentValue graph = Made.Graph([OpenModel.InputLayer(input, definition.InputShape ?? inputShape), .. open.Layers(input)], open.Output);
        return (graph, (ModelDefinition)graph.Create());
    }
}
