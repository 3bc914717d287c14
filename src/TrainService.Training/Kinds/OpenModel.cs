using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers.Ports;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Models;
using TrainService.Training.Reuse;

namespace TrainService.Training.Kinds;

/// <summary>A job's model opened, so that a kind can put layers before and behind it, or call it twice: one input, one output, every layer by its name.</summary>
internal sealed class OpenModel
{
    private readonly ComponentValue _model;
    private readonly LayerNames _names;

    private OpenModel(ComponentValue model, ModelDefinition definition, Network network)
    {
        (_model, Definition, Network) = (model, definition, network);
        _names = new LayerNames(network.Layers.Select(l => l.Name));
        Input = _names.Free("input");
    }

    public ModelDefinition Definition { get; }

    public Network Network { get; }

    /// <summary>What the input is called in the graphs that are made of it.</summary>
    public string Input { get; }

    public string Output => Network.Output.Name;

    public IReadOnlySet<string> LayerNames => Network.Layers.Select(l => l.Name).ToHashSet(StringComparer.Ordinal);

    /// <returns>Null when it can't be built, or is not of one input and one output: told in <paramref name="errors"/>.</returns>
    public static OpenModel? Of(ComponentValue? model, IReadOnlyList<int> inputShape, SpecErrors errors)
    {
        if (model is null) return null;
        var definition = (ModelDefinition)model.Create();
        if (NetworkBuilder.Build(definition, inputShape, errors) is not { } network) return null;
        if (!network.Layers.Any(l => l.Layer is InputPort or OutputPorts)) return new OpenModel(model, definition, network);
        errors.Add("/model", "conflict", "A job of this kind takes a model with one input and one output.");
        return null;
    }

    /// <summary>A name that no layer has yet.</summary>
    public string Free(string name) => _names.Free(name);

    /// <summary>The layers for a graph, each with its name, its inputs, and the place where the client wrote it.</summary>
    /// <param name="input">Name of what the model looks at.</param>
    public IReadOnlyList<ComponentValue> Layers(string input) => [.. Definition.Nodes.Select((node, i) =>
    {
        IReadOnlyList<string> from = node.Node.Inputs.Count > 0 ? [.. node.Node.Inputs.Select(n => n == Definition.InputName ? input : n)] : [i == 0 ? input : Definition.Nodes[i - 1].Node.Name];
        ComponentValue layer = node.Node.SharedWith is { } owner ? Shared(node.Node.Name, owner, node.Pointer) : node.Value with { Place = node.Pointer };
        return Put(layer, node.Node.Name, from, node.Node.Trainable);
    })];

    /// <summary>The same layers called once more, on another input.</summary>
    /// <param name="rename">Their names there.</param>
    public IReadOnlyList<ComponentValue> Again(string input, Func<string, string> rename) => [.. Definition.Nodes.Select((node, i) =>
    {
        IReadOnlyList<string> from = node.Node.Inputs.Count > 0 ? [.. node.Node.Inputs.Select(n => n == Definition.InputName ? input : rename(n))] : [i == 0 ? input : rename(Definition.Nodes[i - 1].Node.Name)];
        return Put(Shared(rename(node.Node.Name), node.Node.SharedWith ?? node.Node.Name, node.Pointer), rename(node.Node.Name), from, true);
    })];

    /// <summary>The input of a graph.</summary>
    public static ComponentValue InputLayer(string name, IReadOnlyList<int> shape) => Made.Layer(InputMarker.Descriptor.Name, name, "/model", ("shape", shape.Select(n => (long)n).ToArray()));

    /// <summary>A graph of the model's layers and others, which start with the weights that the model starts with.</summary>
    public ComponentValue Graph(IReadOnlyList<ComponentValue> layers, string output)
    {
        ComponentValue graph = Made.Graph(layers, output);
        return WeightsFrom.Of(_model) is { } from ? from.Into(graph) : graph;
    }

    private static ComponentValue Shared(string name, string owner, string place) => Made.Layer(SharedMarker.Descriptor.Name, name, place, (SharedMarker.LayerKey, owner));

    private static ComponentValue Put(ComponentValue layer, string name, IReadOnlyList<string> from, bool trainable)
    {
        layer = Made.With(Made.With(layer, LayerArguments.Name, name), LayerArguments.Inputs, from);
        if (layer.Arguments.Has(LayerArguments.InputShape)) layer = Made.With(layer, LayerArguments.InputShape, null);
        return Made.With(layer, LayerArguments.Trainable, trainable);
    }
}
