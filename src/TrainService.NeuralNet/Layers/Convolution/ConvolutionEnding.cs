using TrainService.NeuralNet.Activations;
using TrainService.NeuralNet.Initializers;
using TrainService.Specification;

namespace TrainService.NeuralNet.Layers.Convolution;

/// <summary>What stands behind a convolution: activation and bias, and the start values.</summary>
public sealed record ConvolutionEnding(Activation Activation, bool UseBias, Initializer BiasInitializer)
{
    internal static ArgumentSpec[] Arguments { get; } =
    [
        Arg.Component("activation", "activation", "Applied to each output.", "linear"),
        Arg.Flag("use_bias", "Add a learned bias to each channel; superfluous before batch normalization.", true),
        Arg.Component("bias_initializer", "initializer", "Start values of the bias.", "zeros"),
    ];

    internal static ConvolutionEnding From(Arguments a)
        => new(a.Component<Activation>("activation"), a.Flag("use_bias"), a.Component<Initializer>("bias_initializer"));

    internal static ArgumentSpec Filters { get; } = Arg.Integer("filters", "Number of output channels.", min: 1, max: 1 << 16, required: true);

    internal static ArgumentSpec KernelInitializer(string name = "kernel_initializer")
        => Arg.Component(name, "initializer", "Start values of the kernel.", "glorot_uniform");
}
