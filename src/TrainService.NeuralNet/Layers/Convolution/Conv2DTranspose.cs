using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Layers.Images;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Tensors;
using TrainService.Tensors.Kernels.Convolution;

namespace TrainService.NeuralNet.Layers.Convolution;

/// <summary>The input gradient of a convolution as a layer: every input pixel puts a weighted kernel into the output, strides apart; then bias and activation.</summary>
/// <remarks>
/// x: [height, width, in]; kernel: [h, w, filters, in]; bias: [filters]; y: [height', width', filters] with height' = height · stride for padding same, else
/// height · stride + max(span - stride, 0).
/// </remarks>
public sealed class Conv2DTranspose(int filters, Window window, ConvolutionEnding ending, Initializer kernelInitializer, WeightRules? rules = null) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("conv2d_transpose", a => new Conv2DTranspose(
        a.Integer("filters"), Window.From(a), ConvolutionEnding.From(a), a.Component<Initializer>("kernel_initializer"), WeightRules.From(a)))
    {
        KerasName = "Conv2DTranspose",
        Summary = "A convolution backwards: strides make the image larger.",
        Advice = "For decoders and generators; a kernel that is a multiple of the stride avoids checkerboard patterns.",
        Source = "Keras Conv2DTranspose",
        Arguments =
        [
            ConvolutionEnding.Filters, .. Window.Arguments(), ImageShape.DataFormat, .. ConvolutionEnding.Arguments, ConvolutionEnding.KernelInitializer(),
            .. WeightRules.Arguments,
        ],
    };

    private readonly WeightRules _rules = rules ?? WeightRules.None;

    public override string TypeName => "conv2d_transpose";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape image = ImageShape.Check(Single(inputs));
        (AxisWindow down, AxisWindow across) = Axes(image);
        return new Shape(down.In, across.In, filters);
    }

    public override IReadOnlyList<ParameterSpec> Parameters(IReadOnlyList<Shape> inputs)
    {
        Shape shape = new(window.Kernel.Height, window.Kernel.Width, filters, inputs[0][2]);
        ParameterSpec kernel = _rules.OnKernel(new("kernel", shape, kernelInitializer, true, ParameterLayout.Panels));
        return ending.UseBias ? [kernel, _rules.OnBias(new("bias", new Shape(filters), ending.BiasInitializer, true, ParameterLayout.Flat))] : [kernel];
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => (long)(2 * ShapeOf(inputs[0]).Work);

    public override Value Build(LayerBuild build)
    {
        Value output = ConvolutionSteps.ConvolveTransposed(build, build.Input, ShapeOf(build.Input.Shape), build.Parameter("kernel"),
            ending.UseBias ? build.Parameter("bias") : null, "output", build.OutputShape);
        return build.Activate(output, ending.Activation, penalty: _rules.ActivityRegularizer);
    }

    private ConvolutionShape ShapeOf(Shape image)
    {
        (AxisWindow down, AxisWindow across) = Axes(image);
        return new ConvolutionShape(down, across, filters, image[2], 1);
    }

    private (AxisWindow Down, AxisWindow Across) Axes(Shape image) => (
        Axis(image[0], window.Kernel.Height, window.Stride.Height, window.Dilation.Height),
        Axis(image[1], window.Kernel.Width, window.Stride.Width, window.Dilation.Width));

    /// <summary>The axis of the convolution that this one undoes.</summary>
    private AxisWindow Axis(int n, int kernel, int stride, int dilation)
    {
        int span = ((kernel - 1) * dilation) + 1, surplus = Math.Max(span - stride, 0);
        return window.Padding == WindowPadding.Same
            ? new AxisWindow(n * stride, kernel, stride, dilation, surplus / 2, n)
            : new AxisWindow((n * stride) + surplus, kernel, stride, dilation, 0, n);
    }
}
