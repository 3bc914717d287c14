using TrainService.NeuralNet.Activations;
using TrainService.Specification;

namespace TrainService.NeuralNet.Layers;

/// <summary>Activations that are layers under their own name, with the arguments and defaults of Keras's layers.</summary>
public static class ActivationLayers
{
    public static IReadOnlyList<ComponentDescriptor<Layer>> Descriptors { get; } =
    [
        Of(Relu.Descriptor, "ReLU", Relu.Descriptor.Arguments),
        Of(LeakyRelu.Descriptor, "LeakyReLU", [Arg.Number("negative_slope", "Slope for negative x.", 0.3, min: 0) with { Aliases = ["alpha"] }]),
        Of(Elu.Descriptor, "ELU", Elu.Descriptor.Arguments),
        Of(Softmax.Descriptor, "Softmax", [Arg.Integers("axis", "The axis, or axes, whose numbers add up to 1: -1 for the last, or counted with the batch as axis 0.", [-1], min: -8, max: 8)])
            with { Create = a => a.Integers("axis") is [-1] ? new ActivationLayer(new Softmax(), "softmax") : new AxisSoftmax(a.Integers("axis")) },
        Of(RandomizedRelu.Descriptor, null, RandomizedRelu.Descriptor.Arguments),
        Of(Relu6.Descriptor, null, []),
        Of(Selu.Descriptor, null, []),
        Of(Gelu.Descriptor, null, Gelu.Descriptor.Arguments),
        Of(Swish.Descriptor, null, []),
        Of(Mish.Descriptor, null, []),
        Of(Softplus.Descriptor, null, []),
        Of(Softsign.Descriptor, null, []),
        Of(Sigmoid.Descriptor, null, []),
        Of(HardSigmoid.Descriptor, null, HardSigmoid.Descriptor.Arguments),
        Of(HardSwish.Descriptor, null, []),
        Of(Tanh.Descriptor, null, []),
        Of(Exponential.Descriptor, null, []),
        Of(LogSoftmax.Descriptor, null, []),
    ];

    private static ComponentDescriptor<Layer> Of(ComponentDescriptor<Activation> activation, string? kerasName, IReadOnlyList<ArgumentSpec> arguments)
        => new(activation.Name, a => new ActivationLayer(activation.Create(a), activation.Name))
        {
            KerasName = kerasName,
            Aliases = activation.Aliases,
            Summary = activation.Summary,
            Advice = activation.Advice,
            Source = activation.Source,
            Arguments = arguments,
        };
}
