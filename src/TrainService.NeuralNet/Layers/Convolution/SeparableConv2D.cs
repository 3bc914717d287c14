using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Layers.Images;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Tensors;
using TrainService.Tensors.Kernels.Convolution;

namespace TrainService.NeuralNet.Layers.Convolution;

/// <summary>A depthwise convolution, and behind it one of size 1 that mixes the channels; nothing in between.</summary>
/// <remarks>
/// x: [height, width, in]; depthwise_kernel: [h, w, in, multiplier]; pointwise_kernel: [1, 1, in · multiplier, filters]; bias: [filters];
/// y: [height', width', filters]. Strides are the depthwise part's.
/// </remarks>
public sealed class SeparableConv2D(
    int filters, Window window, int multiplier, ConvolutionEnding ending, Initializer depthwiseInitializer, Initializer pointwiseInitializer,
    TensorRules depthwiseRules, TensorRules pointwiseRules, WeightRules others) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("separable_conv2d", a => new SeparableConv2D(
        a.Integer("filters"), Window.From(a), a.Integer("depth_multiplier"), ConvolutionEnding.From(a),
        a.Component<Initializer>("depthwise_initializer"), a.Component<Initializer>("pointwise_initializer"),
        TensorRules.From(a, "depthwise"), TensorRules.From(a, "pointwise"), WeightRules.WithoutKernel(a)))
    {
        KerasName = "SeparableConv2D",
        // Keras 2 writes what it inherits from Conv2D too.
        WithoutEffect = ["kernel_initializer", "kernel_regularizer", "kernel_constraint"],
        Summary = "A convolution in two parts: each channel on its own, then a mix of the channels at each pixel.",
        Advice = "Nearly as good as conv2d with a fraction of the weights and the work, from a few dozen channels on.",
        Source = "Chollet 2016, arXiv:1610.02357",
        Arguments =
        [
            ConvolutionEnding.Filters,
            .. Window.Arguments(),
            Arg.Integer("depth_multiplier", "Outputs of each input channel in the depthwise part.", 1, min: 1, max: 1024),
            ImageShape.DataFormat,
            .. ConvolutionEnding.Arguments,
            ConvolutionEnding.KernelInitializer("depthwise_initializer"),
            ConvolutionEnding.KernelInitializer("pointwise_initializer"),
            .. TensorRules.Arguments("depthwise", "the depthwise kernel"),
            .. TensorRules.Arguments("pointwise", "the pointwise kernel"),
            .. WeightRules.OtherArguments,
        ],
    };

    public override string TypeName => "separable_conv2d";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape image = ImageShape.Check(Single(inputs));
        _ = checked(image[2] * multiplier);
        return new Shape(window.Down(image[0]).Out, window.Across(image[1]).Out, filters);
    }

    public override IReadOnlyList<ParameterSpec> Parameters(IReadOnlyList<Shape> inputs)
    {
        int middle = inputs[0][2] * multiplier;
        List<ParameterSpec> specs =
        [
            depthwiseRules.On(new("depthwise_kernel", new Shape(window.Kernel.Height, window.Kernel.Width, inputs[0][2], multiplier), depthwiseInitializer, true, new DepthwisePanels())),
            pointwiseRules.On(new("pointwise_kernel", new Shape(1, 1, middle, filters), pointwiseInitializer, true, ParameterLayout.Panels)),
        ];
        if (ending.UseBias) specs.Add(others.OnBias(new("bias", new Shape(filters), ending.BiasInitializer, true, ParameterLayout.Flat)));
        return specs;
    }

    public override long Flops(IReadOnlyList<Shape> inputs)
    {
        Shape output = OutputShape(inputs);
        return 2L * output[0] * output[1] * inputs[0][2] * multiplier * (window.Kernel.Height * window.Kernel.Width + filters);
    }

    public override Value Build(LayerBuild build)
    {
        Value middle = DepthwiseSteps.Convolve(build, build.Input, window, multiplier, build.Parameter("depthwise_kernel"), null, "middle");
        ConvolutionShape pointwise = new(
            AxisWindow.Valid(middle.Shape[0], 1, 1, 1), AxisWindow.Valid(middle.Shape[1], 1, 1, 1), middle.Channels, filters, 1);
        Value output = ConvolutionSteps.Convolve(build, middle, pointwise, build.Parameter("pointwise_kernel"),
            ending.UseBias ? build.Parameter("bias") : null, "output", build.OutputShape);
        return build.Activate(output, ending.Activation, penalty: others.ActivityRegularizer);
    }
}
