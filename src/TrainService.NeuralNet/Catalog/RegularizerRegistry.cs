using TrainService.NeuralNet.Regularizers;
using TrainService.Specification;

namespace TrainService.NeuralNet.Catalog;

public static partial class Registries
{
    public static ComponentRegistry Regularizers { get; } = new("regularizer",
        ElementwisePenalties.L2,
        ElementwisePenalties.L1,
        ElementwisePenalties.Both,
        OrthogonalPenalty.Descriptor)
    {
        Introduction = Introductions.Regularizers,
    };
}
