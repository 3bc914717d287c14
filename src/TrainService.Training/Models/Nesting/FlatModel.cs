using TrainService.NeuralNet.Graph;
using TrainService.Specification;
using TrainService.Training.Reuse;

namespace TrainService.Training.Models.Nesting;

/// <summary>A model as one list of layers that name their inputs: what models within models are opened into.</summary>
/// <param name="Inputs">What comes in.</param>
/// <param name="Layers">All others, with name and inputs; in any order.</param>
/// <param name="Outputs">Names of the layers, or inputs, that it puts out.</param>
internal sealed record FlatModel(IReadOnlyList<FlatInput> Inputs, IReadOnlyList<ComponentValue> Layers, IReadOnlyList<string> Outputs)
{
    /// <summary>A model that was read, opened.</summary>
    /// <returns>Null when its layers can't be told before it runs.</returns>
    public static FlatModel? Of(ComponentValue model)
    {
        if (model.Descriptor.Name == CheckpointModel.Descriptor.Name) return null;
        if (model.Descriptor.Name == SequentialModel.Descriptor.Name) return OfStack(model.Arguments.ValueList(SequentialModel.Layers));
        if (model.Descriptor.Name == FunctionalModel.Descriptor.Name) return OfGraph(model);
        return OfDefinition((ModelDefinition)model.Create());
    }

    /// <summary>The model that a job would write for it: every input with its shape.</summary>
    public ComponentValue ToModel(Vocabulary vocabulary, string? name)
    {
        ComponentValue graph = vocabulary.WithDefaults("model", FunctionalModel.Descriptor.Name);
        ComponentValue[] layers = [.. Inputs.Select(i => i.Marker!), .. Layers];
        return graph with
        {
            Arguments = graph.Arguments.With("name", name).With(FunctionalModel.Layers, layers).With(FunctionalModel.Outputs, Outputs),
        };
    }

    public static ComponentValue Named(ComponentValue layer, string name, IReadOnlyList<string>? inputs)
        => layer with { Arguments = layer.Arguments.With(LayerArguments.Name, name).With(LayerArguments.Inputs, inputs) };

    /// <summary>An input layer of this shape.</summary>
    public static ComponentValue Marker(Vocabulary vocabulary, string name, IReadOnlyList<long> shape)
    {
        ComponentValue marker = vocabulary.WithDefaults("layer", InputMarker.Descriptor.Name);
        return marker with { Arguments = marker.Arguments.With(LayerArguments.Name, name).With("shape", shape) };
    }

    private static FlatModel OfStack(IReadOnlyList<ComponentValue> layers)
    {
        var names = new LayerNames(layers.Select(l => l.Arguments.OptionalText(LayerArguments.Name)));
        ComponentValue? marker = layers.FirstOrDefault(IsInput);
        FlatInput input = new(marker?.Arguments.OptionalText(LayerArguments.Name) ?? names.Free("input"), marker);
        if (marker is null && layers[0].Arguments.Has(LayerArguments.InputShape)) input = input with { Shape = layers[0].Arguments.Integers(LayerArguments.InputShape) };
        List<ComponentValue> made = [];
        string before = input.Name;
        foreach (ComponentValue layer in layers.Where(l => !IsInput(l)))
        {
            string name = names.Of(layer);
            made.Add(Named(layer with { Arguments = layer.Arguments.With(LayerArguments.InputShape, null) }, name, [before]));
            before = name;
        }

        return new FlatModel([input], made, [before]);
    }

    private static FlatModel OfGraph(ComponentValue model)
    {
        IReadOnlyList<ComponentValue> layers = model.Arguments.ValueList(FunctionalModel.Layers);
        var names = new LayerNames(layers.Select(l => l.Arguments.OptionalText(LayerArguments.Name)));
        ComponentValue[] named = [.. layers.Select(l => l with { Arguments = l.Arguments.With(LayerArguments.Name, names.Of(l)) })];
        return new FlatModel([.. named.Where(IsInput).Select(l => new FlatInput(l.Arguments.Text(LayerArguments.Name), l))], [.. named.Where(l => !IsInput(l))],
            model.Arguments.Texts(FunctionalModel.Outputs));
    }

    private static FlatModel OfDefinition(ModelDefinition model)
    {
        string input = model.InputName ?? "input", before = input;
        List<ComponentValue> layers = [];
        foreach (ModelNode node in model.Nodes)
        {
            LayerNode own = node.Node;
            layers.Add(Named(node.Value with { Arguments = node.Value.Arguments.With(LayerArguments.Trainable, own.Trainable) }, own.Name, own.Inputs.Count > 0 ? own.Inputs : [before]));
            before = own.Name;
        }

        return new FlatModel([new FlatInput(input, null) { Shape = model.InputShape?.Select(n => (long)n).ToArray() }], layers, [before]);
    }

    private static bool IsInput(ComponentValue layer) => layer.Descriptor.Name == InputMarker.Descriptor.Name;
}

/// <param name="Name">What the layers call it.</param>
/// <param name="Marker">The input layer; null when the model has none.</param>
internal sealed record FlatInput(string Name, ComponentValue? Marker)
{
    /// <summary>Shape of a sample, when it is said elsewhere than in the marker.</summary>
    public IReadOnlyList<long>? Shape { get; init; }
}
