using TrainService.NeuralNet.Constraints;
using TrainService.Specification;

namespace TrainService.NeuralNet.Catalog;

public static partial class Registries
{
    public static ComponentRegistry Constraints { get; } = new("constraint",
        MaxNorm.Descriptor,
        MinMaxNorm.Descriptor,
        NonNegative.Descriptor,
        UnitNorm.Descriptor)
    {
        Introduction = Introductions.Constraints,
    };
}
