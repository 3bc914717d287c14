using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Tensors;
using TrainService.Tensors.Kernels.Convolution;

namespace TrainService.NeuralNet.Layers.Convolution;

/// <summary>y[i, o] = f(Σ x[i · stride + d · dilation, c] · W[d, c, o] + b[o]): a convolution of images of one row.</summary>
/// <remarks>x: [steps, in]; kernel: [size, in / groups, filters]; bias: [filters]; y: [steps', filters].</remarks>
public sealed class Conv1D(int filters, Window window, int groups, ConvolutionEnding ending, Initializer kernelInitializer, WeightRules? rules = null) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("conv1d", a => new Conv1D(
        a.Integer("filters"), Window.From(a, line: true), a.Integer("groups"), ConvolutionEnding.From(a), a.Component<Initializer>("kernel_initializer"), WeightRules.From(a)))
    {
        KerasName = "Conv1D",
        Summary = "Slides a window over a sequence; each output channel is a weighted sum of what the window sees.",
        Advice = "For time series and other sequences; padding causal keeps a forecast from seeing the future.",
        Source = "Keras Conv1D",
        Arguments =
        [
            ConvolutionEnding.Filters,
            .. Window.Arguments(causal: true, line: true),
            Arg.Integer("groups", "Cuts input and output channels into groups that don't see each other; must divide both.", 1, min: 1, max: 1 << 16),
            .. ConvolutionEnding.Arguments,
            ConvolutionEnding.KernelInitializer(),
            .. WeightRules.Arguments,
        ],
    };

    private readonly WeightRules _rules = rules ?? WeightRules.None;

    public override string TypeName => "conv1d";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape input = Single(inputs);
        if (input.Rank != 2) throw new LayerShapeException($"takes sequences [steps, channels], got {input}.");
        if (input[1] % groups != 0 || filters % groups != 0)
            throw new LayerShapeException($"has {groups} groups, which must divide its {input[1]} input channels and its {filters} filters.");
        return new Shape(window.Across(input[0]).Out, filters);
    }

    public override IReadOnlyList<ParameterSpec> Parameters(IReadOnlyList<Shape> inputs)
    {
        Shape shape = new(window.Kernel.Width, inputs[0][1] / groups, filters);
        ParameterSpec kernel = _rules.OnKernel(new("kernel", shape, kernelInitializer, true, new GroupedPanels(groups)));
        return ending.UseBias ? [kernel, _rules.OnBias(new("bias", new Shape(filters), ending.BiasInitializer, true, ParameterLayout.Flat))] : [kernel];
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => (long)(2 * ShapeOf(inputs[0]).Work);

    public override Value Build(LayerBuild build)
    {
        Value output = ConvolutionSteps.Convolve(build, build.Input, ShapeOf(build.Input.Shape), build.Parameter("kernel"),
            ending.UseBias ? build.Parameter("bias") : null, "output", build.OutputShape);
        return build.Activate(output, ending.Activation, penalty: _rules.ActivityRegularizer);
    }

    private ConvolutionShape ShapeOf(Shape input) => new(AxisWindow.Valid(1, 1, 1, 1), window.Across(input[0]), input[1], filters, groups);
}
