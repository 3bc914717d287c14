using TrainService.NeuralNet.Layers;
using TrainService.NeuralNet.Layers.Convolution;
using TrainService.NeuralNet.Layers.Images;
using TrainService.NeuralNet.Layers.Pooling;
using TrainService.Specification;

namespace TrainService.NeuralNet.Catalog;

public static partial class Registries
{
    public static ComponentRegistry Layers { get; } = new("layer",
        Dense.Descriptor,
        Conv1D.Descriptor,
        Conv2D.Descriptor,
        Conv2DTranspose.Descriptor,
        Flatten.Descriptor,
        ActivationLayer.Descriptor,
        Dropout.Descriptor,
        BatchNormalization.Descriptor,
        MaxPooling2D.Descriptor,
        AveragePooling2D.Descriptor,
        Reshape.Descriptor);
}
