using TrainService.NeuralNet.Layers;
using TrainService.NeuralNet.Layers.Convolution;
using TrainService.NeuralNet.Layers.Images;
using TrainService.NeuralNet.Layers.Merging;
using TrainService.NeuralNet.Layers.Noise;
using TrainService.NeuralNet.Layers.Normalization;
using TrainService.NeuralNet.Layers.Pooling;
using TrainService.Specification;

namespace TrainService.NeuralNet.Catalog;

public static partial class Registries
{
    public static ComponentRegistry Layers { get; } = new("layer", [
        Dense.Descriptor,
        Conv1D.Descriptor,
        Conv2D.Descriptor,
        Conv2DTranspose.Descriptor,
        DepthwiseConv2D.Descriptor,
        SeparableConv2D.Descriptor,
        Flatten.Descriptor,
        ActivationLayer.Descriptor,
        .. ActivationLayers.Descriptors,
        Dropout.Descriptor,
        AlphaDropout.Descriptor,
        SpatialDropout2D.Descriptor,
        GaussianDropout.Descriptor,
        GaussianNoise.Descriptor,
        BatchNormalization.Descriptor,
        LayerNormalization.Descriptor,
        MaxPooling2D.Descriptor,
        AveragePooling2D.Descriptor,
        GlobalPooling2D.AverageDescriptor,
        GlobalPooling2D.MaxDescriptor,
        ZeroPadding2D.Descriptor,
        Cropping2D.Descriptor,
        UpSampling2D.Descriptor,
        Reshape.Descriptor,
        Permute.Descriptor,
        Rescaling.Descriptor,
        .. Merge.Descriptors,
        ScaledAdd.Descriptor,
        Concatenate.Descriptor]);
}
