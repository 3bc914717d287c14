using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Layers.Images;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Convolution;

/// <summary>y[i, j, c · m + k] = f(Σ x[i · stride + di · dilation, …, c] · W[di, dj, c, k] + b): each channel with kernels of its own.</summary>
/// <remarks>x: [height, width, in]; kernel: [h, w, in, multiplier]; bias: [in · multiplier]; y: [height', width', in · multiplier].</remarks>
public sealed class DepthwiseConv2D(Window window, int multiplier, ConvolutionEnding ending, Initializer kernelInitializer,
    TensorRules rules, WeightRules others) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("depthwise_conv2d", a => new DepthwiseConv2D(
        Window.From(a), a.Integer("depth_multiplier"), ConvolutionEnding.From(a), a.Component<Initializer>("depthwise_initializer"),
        TensorRules.From(a, "depthwise"), WeightRules.WithoutKernel(a)))
    {
        KerasName = "DepthwiseConv2D",
        // Keras 2 writes what it inherits from Conv2D too.
        WithoutEffect = ["kernel_initializer", "kernel_regularizer", "kernel_constraint"],
        Summary = "A convolution of each channel on its own.",
        Advice = "Follow it by a conv2d of size 1 that mixes the channels: nearly as good as a full convolution at a fraction of the work.",
        Source = "Keras DepthwiseConv2D",
        Arguments =
        [
            .. Window.Arguments(),
            Arg.Integer("depth_multiplier", "Outputs of each input channel.", 1, min: 1, max: 1024),
            ImageShape.DataFormat,
            .. ConvolutionEnding.Arguments,
            ConvolutionEnding.KernelInitializer("depthwise_initializer"),
            .. TensorRules.Arguments("depthwise", "the kernel"),
            .. WeightRules.OtherArguments,
        ],
    };

    public override string TypeName => "depthwise_conv2d";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape image = ImageShape.Check(Single(inputs));
        return new Shape(window.Down(image[0]).Out, window.Across(image[1]).Out, checked(image[2] * multiplier));
    }

    public override IReadOnlyList<ParameterSpec> Parameters(IReadOnlyList<Shape> inputs)
    {
        Shape shape = new(window.Kernel.Height, window.Kernel.Width, inputs[0][2], multiplier);
        ParameterSpec kernel = rules.On(new("kernel", shape, kernelInitializer, true, new DepthwisePanels()));
        return ending.UseBias ? [kernel, others.OnBias(new("bias", new Shape(inputs[0][2] * multiplier), ending.BiasInitializer, true, ParameterLayout.Flat))] : [kernel];
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => 2 * OutputShape(inputs).Size * window.Kernel.Height * window.Kernel.Width;

    public override Value Build(LayerBuild build)
    {
        Value output = DepthwiseSteps.Convolve(build, build.AsTheyAre[0], window, multiplier, build.Parameter("kernel"),
            ending.UseBias ? build.Parameter("bias") : null, "output");
        return build.Activate(output, ending.Activation, penalty: others.ActivityRegularizer);
    }
}
