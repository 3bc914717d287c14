using TrainService.Specification;
using TrainService.Training.Reuse;

namespace TrainService.Training.Models;

/// <summary>Any directed acyclic graph of layers with one input and one output.</summary>
internal static class FunctionalModel
{
    public const string Layers = "layers", Outputs = "outputs";

    public static ComponentDescriptor<ModelDefinition> Descriptor { get; } = new("functional", Define)
    {
        Summary = "A graph: each layer names the layers that it takes its inputs from.",
        Advice = "For branches that part and meet again: residual connections, wide and deep networks.",
        Source = "Keras Functional",
        KerasName = "Functional",
        Aliases = ["Model"],
        Arguments =
        [
            new("name", ArgumentKind.Text, "What people call the model.") { Nullable = true },
            Arg.Components(Layers, "layer", "In any order; one of type input.", minCount: 2, maxCount: 4096, required: true) with { OpenedCategory = "model" },
            Arg.Texts(Outputs, "Name of the layer that the model puts out.", minCount: 1, maxCount: 256, required: true),
            WeightsFrom.Argument,
        ],
    };

    private static ModelDefinition Define(Arguments arguments) => new LayerGraph(arguments.ValueList(Layers), arguments.Texts(Outputs)).Define();
}
