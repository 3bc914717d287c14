using TrainService.NeuralNet.Layers;
using TrainService.Specification;

namespace TrainService.NeuralNet.Catalog;

public static partial class Registries
{
    public static ComponentRegistry Layers { get; } = new("layer",
        Dense.Descriptor,
        Flatten.Descriptor,
        ActivationLayer.Descriptor,
        Dropout.Descriptor,
        BatchNormalization.Descriptor);
}
