using TrainService.NeuralNet.Initializers;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers;

/// <summary>y = x where x &gt; 0, α · x elsewhere, with α learned; at 0 nothing flows back, as in Keras.</summary>
/// <remarks>x, y: any shape; alpha: the same shape, but 1 along the shared axes.</remarks>
public sealed class PRelu(Initializer alphaInitializer, TensorRules rules, IReadOnlyList<long> sharedAxes) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("prelu", a => new PRelu(
        a.Component<Initializer>("alpha_initializer"), TensorRules.From(a, "alpha"), a.Has("shared_axes") ? a.Integers("shared_axes") : []))
    {
        KerasName = "PReLU",
        Aliases = ["p_re_lu"],
        Summary = "x where it is positive, a learned fraction of x elsewhere.",
        Advice = "Strong on large sets of images, apt to overfit small ones; on images share the slopes of a channel: shared_axes [1, 2].",
        Source = "He, Zhang, Ren, Sun 2015, arXiv:1502.01852",
        Arguments =
        [
            Arg.Component("alpha_initializer", "initializer", "Start values of the slopes.", "zeros"),
            .. TensorRules.Arguments("alpha", "the slopes"),
            Arg.Integers("shared_axes", "Axes, counted from 1, along which one slope serves all; null for none.", min: 1, max: 8, nullable: true),
        ],
    };

    public override string TypeName => "prelu";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape input = Single(inputs);
        return sharedAxes.All(axis => axis <= input.Rank) ? input : throw new LayerShapeException($"shares axis {sharedAxes.Max()}, which its input {input} does not have.");
    }

    public override IReadOnlyList<ParameterSpec> Parameters(IReadOnlyList<Shape> inputs)
        => [rules.On(new("alpha", AlphaShape(inputs[0]), alphaInitializer, true, ParameterLayout.Flat))];

    public override long Flops(IReadOnlyList<Shape> inputs) => inputs[0].Size;

    public override unsafe Value Build(LayerBuild build)
    {
        Value x = build.Compact(build.Input), y = x with { Buffer = build.NewBuffer("output", x.Buffer.RowLength) };
        Parameter alpha = build.Parameter("alpha");
        int[] which = IndexMap.Of(x.Shape, [.. Enumerable.Range(0, x.Shape.Rank).Where(axis => !sharedAxes.Contains(axis + 1))]);
        float* slopes = alpha.Values;
        PlanBuffer alphaBuffer = build.BufferOf(alpha);
        build.Add(new RowStep("prelu", [x.Buffer], [y.Buffer], (row, _, _) =>
        {
            float* from = x.Buffer.Row(row), to = y.Buffer.Row(row);
            for (int i = 0; i < which.Length; i++) to[i] = from[i] > 0 ? from[i] : slopes[which[i]] * from[i];
            RowStep.End(y.Buffer, row);
        })
        { Whole = [alphaBuffer] });
        bool learns = build.Training;
        if (!learns && !build.NeedsGradient(x)) return y;
        build.MarkNeedsGradient(y);
        int[][] places = learns ? IndexMap.PlacesOf(which, checked((int)alpha.Shape.Size)) : [];
        build.OnBackward(() =>
        {
            if (build.GradientOf(y) is not { } dy) return;
            if (build.NeedsGradient(x))
            {
                (PlanBuffer dx, bool accumulate) = build.GradientFor(x);
                build.Add(new RowStep("prelu'", [x.Buffer, dy, dx], [dx], (row, _, _) =>
                {
                    RowStep.Begin(dx, row, accumulate);
                    float* value = x.Buffer.Row(row), gradient = dy.Row(row), to = dx.Row(row);
                    for (int i = 0; i < which.Length; i++) to[i] += value[i] > 0 ? gradient[i] : value[i] < 0 ? slopes[which[i]] * gradient[i] : 0;
                })
                { Whole = [alphaBuffer] });
            }

            if (!learns) return;
            build.Add(new VectorGradientStep(build, alpha, [dy, x.Buffer], index =>
            {
                double sum = 0;
                for (int row = 0; row < dy.Rows; row++)
                    foreach (int place in places[index])
                        sum += Math.Min(x.Buffer.Row(row)[place], 0f) * (double)dy.Row(row)[place];
                return sum;
            }));
        });
        return y;
    }

    private Shape AlphaShape(Shape input) => new([.. input.Axes.Select((n, axis) => sharedAxes.Contains(axis + 1) ? 1 : n)]);
}
