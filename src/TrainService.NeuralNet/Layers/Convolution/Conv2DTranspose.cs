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
/// height · stride + max(span - stride, 0), span = (h - 1) · dilation + 1. With an output_padding p: (height - 1) · stride + p + span for valid, and the
/// same with span % 2 in place of span for same. Which pixels of the full result are kept follows Keras on TensorFlow and JAX.
/// </remarks>
public sealed class Conv2DTranspose(int filters, Window window, ConvolutionEnding ending, Initializer kernelInitializer, WeightRules? rules = null, Extent? outputPadding = null) : Layer
{
    private const string OutputPadding = "output_padding";

    public static ComponentDescriptor<Layer> Descriptor { get; } = new("conv2d_transpose", a => new Conv2DTranspose(
        a.Integer("filters"), Window.From(a), ConvolutionEnding.From(a), a.Component<Initializer>("kernel_initializer"), WeightRules.From(a), PaddingOf(a, Window.From(a))))
    {
        KerasName = "Conv2DTranspose",
        Summary = "A convolution backwards: strides make the image larger.",
        Advice = "For decoders and generators; a kernel that is a multiple of the stride avoids checkerboard patterns.",
        Source = "Keras Conv2DTranspose",
        Arguments =
        [
            ConvolutionEnding.Filters, .. Window.Arguments(),
            Arg.Integers(OutputPadding, "Pixels added at the end of the output, below the stride, down and across; null: what makes the output stride times as large (same), or takes all of every kernel (valid).",
                min: 0, max: 1024, maxCount: 2, nullable: true),
            ImageShape.DataFormat, .. ConvolutionEnding.Arguments, ConvolutionEnding.KernelInitializer(),
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

    /// <summary>The axes of the convolution that this one undoes, of an image of this shape: In is this layer's output.</summary>
    public (AxisWindow Down, AxisWindow Across) Axes(Shape image) => (
        Axis(image[0], window.Kernel.Height, window.Stride.Height, window.Dilation.Height, outputPadding?.Height),
        Axis(image[1], window.Kernel.Width, window.Stride.Width, window.Dilation.Width, outputPadding?.Width));

    /// <exception cref="ArgumentConflictException">It is not below the stride.</exception>
    private static Extent? PaddingOf(Arguments a, Window window)
    {
        if (!a.Has(OutputPadding) || a.Integers(OutputPadding) is not { Count: > 0 } values) return null;
        var padding = new Extent((int)values[0], (int)values[^1]);
        return padding.Height < window.Stride.Height && padding.Width < window.Stride.Width ? padding
            : throw new ArgumentConflictException(OutputPadding, "output_padding must be below the stride of its axis.");
    }

    /// <summary>The axis of the convolution that this one undoes.</summary>
    private AxisWindow Axis(int n, int kernel, int stride, int dilation, int? padding)
    {
        int span = ((kernel - 1) * dilation) + 1, surplus = Math.Max(span - stride, 0);
        if (padding is { } more)
        {
            if (window.Padding == WindowPadding.Valid) return new AxisWindow(((n - 1) * stride) + span + more, kernel, stride, dilation, 0, n);
            int kept = span + (span % 2) - 2 + more;
            int length = ((n - 1) * stride) + (span % 2) + more;
            return length > 0
                ? new AxisWindow(length, kernel, stride, dilation, span - 1 - Math.Min((kept + 1) / 2, span - 1), n)
                : throw new LayerShapeException("has no output: give a larger output_padding, or none.");
        }

        return window.Padding == WindowPadding.Same
            ? new AxisWindow(n * stride, kernel, stride, dilation, surplus / 2, n)
            : new AxisWindow((n * stride) + surplus, kernel, stride, dilation, 0, n);
    }
}
