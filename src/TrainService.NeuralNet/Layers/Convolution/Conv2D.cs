using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Layers.Images;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Tensors;
using TrainService.Tensors.Kernels.Convolution;

namespace TrainService.NeuralNet.Layers.Convolution;

/// <summary>y[i, j, o] = f(Σ x[i · stride + di · dilation, …, c] · W[di, dj, c, o] + b[o]).</summary>
/// <remarks>x: [height, width, in]; kernel: [h, w, in / groups, filters]; bias: [filters]; y: [height', width', filters].</remarks>
public sealed class Conv2D(int filters, Window window, int groups, ConvolutionEnding ending, Initializer kernelInitializer, WeightRules? rules = null) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("conv2d", a => new Conv2D(
        a.Integer("filters"), Window.From(a), a.Integer("groups"), ConvolutionEnding.From(a), a.Component<Initializer>("kernel_initializer"), WeightRules.From(a)))
    {
        KerasName = "Conv2D",
        Summary = "Slides a small window over an image; each output channel is a weighted sum of what the window sees.",
        Advice = "The layer for images. 3x3 kernels and more filters after each pooling are the usual start; he_normal with the ReLU family.",
        Source = "Keras Conv2D",
        Arguments =
        [
            ConvolutionEnding.Filters,
            .. Window.Arguments(),
            ImageShape.DataFormat,
            Arg.Integer("groups", "Cuts input and output channels into groups that don't see each other; must divide both.", 1, min: 1, max: 1 << 16),
            .. ConvolutionEnding.Arguments,
            ConvolutionEnding.KernelInitializer(),
            .. WeightRules.Arguments,
        ],
    };

    private readonly WeightRules _rules = rules ?? WeightRules.None;

    public override string TypeName => "conv2d";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape image = ImageShape.Check(Single(inputs));
        if (image[2] % groups != 0 || filters % groups != 0)
            throw new LayerShapeException($"has {groups} groups, which must divide its {image[2]} input channels and its {filters} filters.");
        return new Shape(window.Down(image[0]).Out, window.Across(image[1]).Out, filters);
    }

    public override IReadOnlyList<ParameterSpec> Parameters(IReadOnlyList<Shape> inputs)
    {
        Shape shape = new(window.Kernel.Height, window.Kernel.Width, inputs[0][2] / groups, filters);
        ParameterSpec kernel = _rules.OnKernel(new("kernel", shape, kernelInitializer, true, new GroupedPanels(groups)));
        return ending.UseBias ? [kernel, _rules.OnBias(new("bias", new Shape(filters), ending.BiasInitializer, true, ParameterLayout.Flat))] : [kernel];
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => (long)(2 * ShapeOf(inputs[0]).Work);

    public override Value Build(LayerBuild build)
    {
        Value output = ConvolutionSteps.Convolve(build, build.AsTheyAre[0], ShapeOf(build.AsTheyAre[0].Shape), build.Parameter("kernel"),
            ending.UseBias ? build.Parameter("bias") : null, "output", build.OutputShape);
        return build.Activate(output, ending.Activation, penalty: _rules.ActivityRegularizer);
    }

    private ConvolutionShape ShapeOf(Shape image) => new(window.Down(image[0]), window.Across(image[1]), image[2], filters, groups);
}
