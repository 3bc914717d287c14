using TrainService.NeuralNet.Pruning;
using TrainService.Specification;

namespace TrainService.NeuralNet.Catalog;

public static partial class Registries
{
    /// <summary>In a job, <c>schedule</c> may tell which, as well as <c>type</c>.</summary>
    public static ComponentRegistry PruningSchedules { get; } = new("pruning",
        PolynomialSparsity.Descriptor,
        ConstantSparsity.Descriptor)
    {
        Introduction = Introductions.PruningSchedules,
        TypeKeys = ["schedule"],
    };
}
