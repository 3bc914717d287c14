using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers.Quantization;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Kinds;
using TrainService.Training.Models;

namespace TrainService.Training.Export.Calibration;

/// <summary>A model with a fake_quantization behind every layer whose numbers go on in 8 bits. Layers with weights keep their names.</summary>
internal static class CalibratedModel
{
    private const string Suffix = "_int8";

    /// <returns>The model as a graph, and the range of each place by the name of what is rounded there.</returns>
    public static (ComponentValue Model, IReadOnlyDictionary<string, EightBitGrid> Grids) Of(ComponentValue model, ModelDefinition definition, Network network, IReadOnlyList<int> inputShape, ActivationRanges ranges)
    {
        if (!model.Arguments.Values.ContainsKey(FunctionalModel.Outputs)) (model, definition) = AsGraph(model, definition, inputShape);
        Dictionary<string, ComponentValue> values = definition.Nodes.Where(n => n.Node.Name != ModelDefinition.Outputs).ToDictionary(n => n.Node.Name, n => n.Value, StringComparer.Ordinal);
        var places = new RoundedPlaces(network, name => values[name]);
        var names = new LayerNames(network.Layers.Select(l => l.Name).Append(definition.InputName!));
        Dictionary<string, string> into = new(StringComparer.Ordinal);
        Dictionary<string, EightBitGrid> grids = new(StringComparer.Ordinal);
        List<ComponentValue> added = [];
        foreach ((int layer, int range) in places.Rounded)
        {
            string from = layer < 0 ? definition.InputName! : network.Layers[layer].Name, name = names.Free(from + Suffix);
            EightBitGrid grid = grids[from] = ranges.GridOf(range);
            into.Add(from, name);
            added.Add(Made.With(Made.Layer("fake_quantization", name, "/model", (FakeQuantization.MinKey, grid.Range.Min), (FakeQuantization.MaxKey, grid.Range.Max)), LayerArguments.Inputs, new[] { from }));
        }
        List<ComponentValue> layers = [];
        foreach (ComponentValue layer in model.Arguments.ValueList(FunctionalModel.Layers))
            layers.Add(layer.Arguments.Has(LayerArguments.Inputs)
                ? Made.With(layer, LayerArguments.Inputs, layer.Arguments.Texts(LayerArguments.Inputs).Select(n => into.GetValueOrDefault(n, n)).ToArray()) : layer);
        return (Made.With(model, FunctionalModel.Layers, (IReadOnlyList<ComponentValue>)[.. layers, .. added]), grids);
    }

    private static (ComponentValue Model, ModelDefinition Definition) AsGraph(ComponentValue model, ModelDefinition definition, IReadOnlyList<int> inputShape)
    {
        OpenModel open = OpenModel.Of(model, inputShape, new SpecErrors()) ?? throw new InvalidOperationException($"'{model.Descriptor.Name}' was built before.");
        ComponentValue graph = Made.Graph([OpenModel.InputLayer(open.Input, definition.InputShape ?? inputShape), .. open.Layers(open.Input)], open.Output);
        if (model.Arguments.OptionalText("name") is { } name) graph = Made.With(graph, "name", name);
        return (graph, (ModelDefinition)graph.Create());
    }
}
