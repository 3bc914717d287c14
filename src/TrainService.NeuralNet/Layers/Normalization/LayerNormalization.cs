using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Normalization;

/// <summary>y = γ · (x - mean) / √(variance + ε) + β with mean and variance over some axes of each sample; the same in training and inference.</summary>
/// <remarks>x, y: any shape; gamma, beta: the sizes of those axes. Ba et al. 2016, arXiv:1607.06450.</remarks>
public sealed class LayerNormalization : Layer
{
    private readonly float _epsilon;
    private readonly IReadOnlyList<long> _axis;
    private readonly ScaleAndShift _ends;

    private LayerNormalization(float epsilon, IReadOnlyList<long> axis, ScaleAndShift ends) => (_epsilon, _axis, _ends) = (epsilon, axis, ends);

    public static ComponentDescriptor<Layer> Descriptor { get; } = new("layer_normalization",
        a => new LayerNormalization(a.Single("epsilon"), a.Integers("axis"), ScaleAndShift.From(a)))
    {
        KerasName = "LayerNormalization",
        Summary = "Standardizes each sample over its features, then scales and shifts each feature by two learned numbers.",
        Advice = "Where batches are small or rows differ in kind; it does the same in training and inference.",
        Source = "Ba et al. 2016, arXiv:1607.06450",
        Arguments =
        [
            Arg.Integers("axis", "The axes to standardize over, one or several: -1 for the last, or counted with the batch as axis 0.", [-1], min: -8, max: 8),
            Arg.Number("epsilon", "Added to the variance.", 0.001, min: 0, max: 1, minExclusive: true),
            .. ScaleAndShift.Arguments,
        ],
    };

    public override string TypeName => "layer_normalization";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape input = Single(inputs);
        _ = AxesOf(input);
        return input;
    }

    public override IReadOnlyList<ParameterSpec> Parameters(IReadOnlyList<Shape> inputs) => _ends.Specs(new Shape([.. AxesOf(inputs[0]).Select(axis => inputs[0][axis])]));

    public override long Flops(IReadOnlyList<Shape> inputs) => 8 * inputs[0].Size;

    public override Value Build(LayerBuild build)
    {
        int[] axes = AxesOf(build.Input.Shape);
        if (axes[0] != build.Input.Shape.Rank - axes.Length) return MomentNormalization.Build(build, MomentGroups.OverAxes(build.Input.Shape, axes), _ends, _epsilon);
        // The last axes stand together: one stretch of numbers after the other.
        Value x = build.Compact(build.Input), y = x with { Buffer = build.NewBuffer("output", x.Buffer.RowLength) };
        int length = axes.Aggregate(1, (n, axis) => n * x.Shape[axis]);
        (bool center, bool scale, float epsilon) = (_ends.Center, _ends.Scale, _epsilon);
        LayerNormTensors tensors = new(scale ? build.Parameter("gamma") : null, center ? build.Parameter("beta") : null, epsilon);
        PlanBuffer[] parameters = [.. new[] { tensors.Gamma, tensors.Beta }.OfType<Parameter>().Select(build.BufferOf)];
        PlanBuffer normalized = build.NewBuffer("normalized", x.Buffer.RowLength), statistics = build.NewBuffer("statistics", x.Buffer.RowLength / length);
        build.Add(new LayerNormStep(x.Buffer, y.Buffer, normalized, statistics, length, tensors, parameters));
        bool learns = build.Training && parameters.Length > 0;
        if (!learns && !build.NeedsGradient(x)) return y;
        build.MarkNeedsGradient(y);
        build.OnBackward(() =>
        {
            if (build.GradientOf(y) is not { } dy) return;
            if (build.NeedsGradient(x))
            {
                (PlanBuffer dx, bool accumulate) = build.GradientFor(x);
                build.Add(new LayerNormInputGradientStep(dy, dx, normalized, statistics, length, tensors, parameters, accumulate));
            }

            if (learns) build.Add(new LayerNormParametersStep(dy, normalized, length, tensors, build.BufferOf, build.Updates!));
        });
        return y;
    }

    private int[] AxesOf(Shape input) => IndexMap.Axes(_axis, input.Rank)
        ?? throw new LayerShapeException($"standardizes over the axes [{string.Join(", ", _axis)}], which its input {input} does not have.");
}
