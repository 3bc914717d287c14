using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Normalization;

/// <summary>y = γ · (x - mean) / √(variance + ε) + β with mean and variance over the last axis of each sample; the same in training and inference.</summary>
/// <remarks>x, y: [..., channels]; gamma, beta: [channels]. Ba et al. 2016, arXiv:1607.06450.</remarks>
public sealed class LayerNormalization(float epsilon, int axis, bool center, bool scale, Initializer gammaInitializer, Initializer betaInitializer) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("layer_normalization", a => new LayerNormalization(
        a.Single("epsilon"), a.Integer("axis"), a.Flag("center"), a.Flag("scale"), a.Component<Initializer>("gamma_initializer"), a.Component<Initializer>("beta_initializer")))
    {
        KerasName = "LayerNormalization",
        Summary = "Standardizes each sample over its features, then scales and shifts each feature by two learned numbers.",
        Advice = "Where batches are small or rows differ in kind; it does the same in training and inference.",
        Source = "Ba et al. 2016, arXiv:1607.06450",
        Arguments =
        [
            Arg.Integer("axis", "The axis of the features; only the last one, as -1 or counted with the batch as axis 0.", -1, min: -1, max: 8),
            Arg.Number("epsilon", "Added to the variance.", 0.001, min: 0, max: 1, minExclusive: true),
            Arg.Flag("center", "Learn beta.", true),
            Arg.Flag("scale", "Learn gamma.", true),
            Arg.Component("gamma_initializer", "initializer", "Start values of the scale.", "ones"),
            Arg.Component("beta_initializer", "initializer", "Start values of the shift.", "zeros"),
        ],
    };

    public override string TypeName => "layer_normalization";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape input = Single(inputs);
        return input.Rank > 0 && (axis == -1 || axis == input.Rank)
            ? input
            : throw new LayerShapeException($"normalizes along the last axis (-1 or {input.Rank}) only, not {axis}; its input is {input}.");
    }

    public override IReadOnlyList<ParameterSpec> Parameters(IReadOnlyList<Shape> inputs)
    {
        Shape features = new(inputs[0][-1]);
        List<ParameterSpec> specs = [];
        if (scale) specs.Add(new("gamma", features, gammaInitializer, true, ParameterLayout.Flat));
        if (center) specs.Add(new("beta", features, betaInitializer, true, ParameterLayout.Flat));
        return specs;
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => 8 * inputs[0].Size;

    public override Value Build(LayerBuild build)
    {
        Value x = build.Compact(build.Input), y = x with { Buffer = build.NewBuffer("output", x.Buffer.RowLength) };
        LayerNormTensors tensors = new(scale ? build.Parameter("gamma") : null, center ? build.Parameter("beta") : null, epsilon);
        PlanBuffer[] parameters = [.. new[] { tensors.Gamma, tensors.Beta }.OfType<Parameter>().Select(build.BufferOf)];
        PlanBuffer normalized = build.NewBuffer("normalized", x.Buffer.RowLength), statistics = build.NewBuffer("statistics", x.Pixels);
        build.Add(new LayerNormStep(x.Buffer, y.Buffer, normalized, statistics, x.Channels, tensors, parameters));
        bool learns = build.Training && parameters.Length > 0;
        if (!learns && !build.NeedsGradient(x)) return y;
        build.MarkNeedsGradient(y);
        build.OnBackward(() =>
        {
            if (build.GradientOf(y) is not { } dy) return;
            if (build.NeedsGradient(x))
            {
                (PlanBuffer dx, bool accumulate) = build.GradientFor(x);
                build.Add(new LayerNormInputGradientStep(dy, dx, normalized, statistics, x.Channels, tensors, parameters, accumulate));
            }

            if (learns) build.Add(new LayerNormParametersStep(dy, normalized, x.Channels, tensors, build.BufferOf, build.Updates!));
        });
        return y;
    }
}
