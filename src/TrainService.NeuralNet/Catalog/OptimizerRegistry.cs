using TrainService.NeuralNet.Optimizers;
using TrainService.Specification;

namespace TrainService.NeuralNet.Catalog;

public static partial class Registries
{
    public static ComponentRegistry Optimizers { get; } = new("optimizer",
        Sgd.Descriptor,
        Adam.Descriptor);
}
