using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;
using TrainService.Specification;
using TrainService.Training.Reuse;

namespace TrainService.Training.Models;

/// <summary>One layer after the other.</summary>
internal static class SequentialModel
{
    public const string Layers = "layers";

    public static ComponentDescriptor<ModelDefinition> Descriptor { get; } = new("sequential", Define)
    {
        KerasName = "Sequential",
        Summary = "A plain stack: each layer takes the output of the one before it.",
        Advice = "Start here; only networks with branches need more.",
        Source = "Keras Sequential",
        Arguments =
        [
            new("name", ArgumentKind.Text, "What people call the model.") { Nullable = true },
            Arg.Components(Layers, "layer", "From the input to the output.", minCount: 1, maxCount: 1000, required: true) with { OpenedCategory = "model" },
            WeightsFrom.Argument,
        ],
    };

    private static ModelDefinition Define(Arguments arguments)
    {
        IReadOnlyList<ComponentValue> layers = arguments.ValueList(Layers);
        var names = new LayerNames(layers.Select(l => l.Arguments.OptionalText(LayerArguments.Name)));
        IReadOnlyList<int>? inputShape = null;
        var nodes = new List<ModelNode>(layers.Count);
        for (int i = 0; i < layers.Count; i++)
        {
            ComponentValue layer = layers[i];
            if (layer.Arguments.Has(LayerArguments.Inputs))
                throw new ArgumentConflictException(Layers, $"Layer {i} names its inputs; in a sequential model each takes the one before it. Use type \"functional\".");
            object made = layer.Create();
            IReadOnlyList<int>? given = made is InputMarker marker ? marker.Shape
                : layer.Arguments.Has(LayerArguments.InputShape) ? [.. layer.Arguments.Integers(LayerArguments.InputShape).Select(n => (int)n)] : null;
            // Keras ignores a later layer's input_shape; here it would be a claim that nobody checks.
            if (given is not null && nodes.Count > 0) throw new ArgumentConflictException(Layers, $"Only the first layer says what comes in; layer {i} does too.");
            if (given is not null && inputShape is not null && !given.SequenceEqual(inputShape))
                throw new ArgumentConflictException(Layers, $"The model's input is said to be [{string.Join(", ", inputShape)}] and [{string.Join(", ", given)}].");
            inputShape ??= given;
            if (made is Layer real)
                nodes.Add(new ModelNode(i, layer, new LayerNode(names.Of(layer), real) { Trainable = layer.Arguments.Flag(LayerArguments.Trainable) }));
        }
        if (nodes.Count == 0) throw new ArgumentConflictException(Layers, "A model needs a layer that computes something.");
        return new ModelDefinition(nodes, inputShape);
    }
}
