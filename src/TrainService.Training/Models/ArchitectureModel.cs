using TrainService.Architectures;
using TrainService.Specification;

namespace TrainService.Training.Models;

/// <summary>A well-known network by its name: <c>{"architecture": "resnet50", "classes": 10, "input_shape": [64, 64, 3]}</c>.</summary>
internal static class ArchitectureModel
{
    /// <summary>The key that may stand for "type".</summary>
    public const string Key = "architecture";

    public static IReadOnlyList<ComponentDescriptor> Descriptors { get; } = [.. ArchitectureList.All.Select(Describe)];

    private static ComponentDescriptor<ModelDefinition> Describe(Architecture architecture) => new(architecture.Name, a => Define(architecture, a))
    {
        Aliases = [.. new[] { architecture.KerasName, architecture.KerasName.ToLowerInvariant() }.Where(n => n != architecture.Name)],
        Summary = architecture.Summary,
        Advice = architecture.Advice,
        Source = architecture.Paper,
        Arguments = [.. ArchitectureOptions.Arguments, .. architecture.OwnArguments],
    };

    private static ModelDefinition Define(Architecture architecture, Arguments arguments)
    {
        ArchitectureGraph graph = architecture.Build(ArchitectureOptions.From(arguments));
        return new ModelDefinition([.. graph.Layers.Select(l => new ModelNode(null, l.Value, l.ToNode()))], graph.InputShape)
        {
            InputName = graph.InputName,
            InputPointer = "/model/input_shape",
        };
    }
}
