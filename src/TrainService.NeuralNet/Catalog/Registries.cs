using TrainService.NeuralNet.Activations;
using TrainService.Specification;

namespace TrainService.NeuralNet.Catalog;

/// <summary>Every component of the engine, one line each, by category. The order is the order of the catalog.</summary>
public static class Registries
{
    public static ComponentRegistry Activations { get; } = new("activation",
        Linear.Descriptor,
        Relu.Descriptor,
        LeakyRelu.Descriptor,
        Relu6.Descriptor,
        Elu.Descriptor,
        Selu.Descriptor,
        Gelu.Descriptor,
        Swish.Descriptor,
        Mish.Descriptor,
        Softplus.Descriptor,
        Softsign.Descriptor,
        Sigmoid.Descriptor,
        HardSigmoid.Descriptor,
        HardSwish.Descriptor,
        Tanh.Descriptor,
        Exponential.Descriptor,
        Softmax.Descriptor,
        LogSoftmax.Descriptor);
}
