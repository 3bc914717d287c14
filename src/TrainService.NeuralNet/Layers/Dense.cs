using TrainService.NeuralNet.Activations;
using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Layers.Convolution;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Tensors;
using TrainService.Tensors.Kernels.Convolution;

namespace TrainService.NeuralNet.Layers;

/// <summary>y = f(x · W + b).</summary>
/// <remarks>x: [..., in]; W (kernel): [in, units]; b (bias): [units]; y: [..., units]: the same for each index of the axes before the last.</remarks>
public sealed class Dense(int units, Activation activation, bool useBias, Initializer kernelInitializer, Initializer biasInitializer,
    WeightRules? rules = null) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("dense", a => new Dense(
        a.Integer("units"), a.Component<Activation>("activation"), a.Flag("use_bias"),
        a.Component<Initializer>("kernel_initializer"), a.Component<Initializer>("bias_initializer"), WeightRules.From(a)))
    {
        KerasName = "Dense",
        Summary = "Every output is a weighted sum of all inputs, plus a bias, through an activation: f(x·W + b).",
        Advice = "The layer for tables and for the head of a network; give the ReLU family he_normal, SELU lecun_normal.",
        Source = "Keras Dense",
        Arguments =
        [
            Arg.Integer("units", "Number of outputs.", min: 1, max: 1 << 20, required: true),
            Arg.Component("activation", "activation", "f, applied to each output.", "linear"),
            Arg.Flag("use_bias", "Add a learned bias; superfluous before batch normalization.", true),
            Arg.Component("kernel_initializer", "initializer", "Start values of W.", "glorot_uniform"),
            Arg.Component("bias_initializer", "initializer", "Start values of b.", "zeros"),
            .. WeightRules.Arguments,
        ],
    };

    private readonly WeightRules _rules = rules ?? WeightRules.None;

    public int Units { get; } = units;

    public Activation Activation { get; } = activation;

    public bool UseBias { get; } = useBias;

    public override string TypeName => "dense";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape input = Single(inputs);
        return input.Rank > 0
            ? new Shape([.. input.Axes[..^1], Units])
            : throw new LayerShapeException("takes features along its last axis, got a single number.");
    }

    public override IReadOnlyList<ParameterSpec> Parameters(IReadOnlyList<Shape> inputs)
    {
        ParameterSpec kernel = _rules.OnKernel(new("kernel", new Shape(inputs[0][-1], Units), kernelInitializer, true, ParameterLayout.Panels));
        return UseBias ? [kernel, _rules.OnBias(new("bias", new Shape(Units), biasInitializer, true, ParameterLayout.Flat))] : [kernel];
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => 2 * inputs[0].Size * Units;

    public override Value Build(LayerBuild build)
    {
        if (build.Input.Shape.Rank > 1) return BuildAtEach(build);
        Value input = build.Input;
        Parameter kernel = build.Parameter("kernel");
        Parameter? bias = UseBias ? build.Parameter("bias") : null;
        PlanBuffer kernelBuffer = build.BufferOf(kernel);
        PlanBuffer? biasBuffer = bias is null ? null : build.BufferOf(bias);
        Value output = new(build.NewBuffer("output", Units), build.OutputShape);
        if (build.Folding is { } folding) return build.Activate(folding.Multiply(build, input, output, kernel, bias), Activation, penalty: _rules.ActivityRegularizer);
        bool needsInputGradient = build.NeedsGradient(input), learns = build.Training;
        PlanBuffer? transposed = null;
        if (needsInputGradient)
        {
            transposed = build.NewMatrix("transposed kernel", Padding.Up(kernel.Shape[0]) / Padding.Width, (long)Units * Padding.Width);
            build.Add(new TransposeStep(kernel, kernelBuffer, transposed));
        }

        build.Add(new DenseForwardStep(input.Buffer, output.Buffer, kernel, kernelBuffer, bias, biasBuffer));
        if (needsInputGradient || learns)
        {
            build.MarkNeedsGradient(output);
            build.OnBackward(() =>
            {
                if (build.GradientOf(output) is not { } dy) return;
                if (transposed is not null)
                {
                    (PlanBuffer dx, bool accumulate) = build.GradientFor(input);
                    build.Add(new DenseInputGradientStep(dy, transposed, dx, kernel, accumulate));
                }

                if (learns) build.Add(new DenseWeightGradientStep(input.Buffer, dy, kernel, kernelBuffer, bias, biasBuffer, build.Updates!));
            });
        }

        return build.Activate(output, Activation, penalty: _rules.ActivityRegularizer);
    }

    // With more axes it is a convolution of size 1 over a row of pixels.
    private Value BuildAtEach(LayerBuild build)
    {
        Value x = build.Input;
        ConvolutionShape shape = new(AxisWindow.Valid(1, 1, 1, 1), AxisWindow.Valid(x.Pixels, 1, 1, 1), x.Channels, Units, 1);
        Value output = ConvolutionSteps.Convolve(build, x, shape, build.Parameter("kernel"), UseBias ? build.Parameter("bias") : null, "output", build.OutputShape);
        return build.Activate(output, Activation, penalty: _rules.ActivityRegularizer);
    }
}
