using TrainService.NeuralNet.Layers;
using TrainService.NeuralNet.Layers.Convolution;
using TrainService.NeuralNet.Layers.Images;
using TrainService.NeuralNet.Layers.Latent;
using TrainService.NeuralNet.Layers.Merging;
using TrainService.NeuralNet.Layers.Noise;
using TrainService.NeuralNet.Layers.Normalization;
using TrainService.NeuralNet.Layers.Pooling;
using TrainService.NeuralNet.Layers.Quantization;
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
        Embedding.Descriptor,
        ActivationLayer.Descriptor,
        .. ActivationLayers.Descriptors,
        PRelu.Descriptor,
        .. LearnedScalar.Descriptors,
        ActivityRegularization.Descriptor,
        Dropout.Descriptor,
        AlphaDropout.Descriptor,
        .. ChannelDropout.Descriptors,
        GaussianDropout.Descriptor,
        GaussianNoise.Descriptor,
        MaskingNoise.Descriptor,
        GaussianSampling.Descriptor,
        KlSparsity.Descriptor,
        FakeQuantization.Descriptor,
        BatchNormalization.Descriptor,
        LayerNormalization.Descriptor,
        GroupNormalization.Descriptor,
        LocalResponseNormalization.Descriptor,
        FeatureNormalization.Descriptor,
        .. Pooling.Descriptors,
        .. GlobalPooling.Descriptors,
        .. Frame.Descriptors,
        .. UpSampling.Descriptors,
        Reshape.Descriptor,
        Permute.Descriptor,
        Rescaling.Descriptor,
        .. Merge.Descriptors,
        ScaledAdd.Descriptor,
        Concatenate.Descriptor,
        Dot.Descriptor,
        .. Distance.Descriptors])
    {
        Introduction = Introductions.Layers,
    };
}
