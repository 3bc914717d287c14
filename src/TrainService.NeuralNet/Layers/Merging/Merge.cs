using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Merging;

/// <summary>Several values become one, number by number.</summary>
/// <remarks>x₁, x₂ …: any shape, all the same but for axes of size 1, which stand for all; y: that shape. The numbers are joined from left to right.</remarks>
public sealed class Merge(MergeKind kind) : Layer
{
    public static IReadOnlyList<ComponentDescriptor<Layer>> Descriptors { get; } =
    [
        Describe(MergeKind.Add, "Adds its inputs.", "The residual connection: a block's output plus its input.", "He, Zhang, Ren, Sun 2015, arXiv:1512.03385"),
        Describe(MergeKind.Subtract, "Subtracts its second input from its first.", "To compare two branches: with the distance a siamese network learns.", "Keras Subtract"),
        Describe(MergeKind.Multiply, "Multiplies its inputs.", "For gates: one branch says how much of the other passes.", "Keras Multiply"),
        Describe(MergeKind.Average, "The mean of its inputs.", "To blend branches that estimate the same.", "Keras Average"),
        Describe(MergeKind.Maximum, "The largest of its inputs, number by number.", "Maxout: a learned activation of several linear branches.", "Goodfellow et al. 2013, arXiv:1302.4389"),
        Describe(MergeKind.Minimum, "The smallest of its inputs, number by number.", "Where all branches must agree that something is there.", "Keras Minimum"),
    ];

    public override string TypeName => NameOf(kind);

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        if (kind == MergeKind.Subtract ? inputs.Count != 2 : inputs.Count < 2)
            throw new LayerShapeException($"takes {(kind == MergeKind.Subtract ? "two inputs" : "two inputs or more")}, got {inputs.Count}.");
        return Spread.Common(inputs)
            ?? throw new LayerShapeException($"needs inputs of one shape, but for axes of size 1, got {string.Join(" and ", inputs)}.");
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => OutputShape(inputs).Size * (inputs.Count - 1);

    public override Value Build(LayerBuild build)
    {
        if (kind == MergeKind.Add && build.Folding is null && build.AsTheyAre.Count == 2 && build.OutputShape.Rank > 1
            && build.AsTheyAre.All(x => x.Shape == build.OutputShape)) return BuildSum(build);
        Value[] inputs = [.. build.Inputs.Select(x => Spread.To(build, x, build.OutputShape)).Select(x => x.Shape.Rank < 2 ? x : build.Spaced(x))];
        if (kind == MergeKind.Add && inputs.Length == 2 && build.Folding?.TryAdd(inputs[0], inputs[1]) is { } sum) return sum;
        Value y = build.NewValue("output", build.OutputShape);
        PlanBuffer[] buffers = [.. inputs.Select(x => x.Buffer)];
        build.Add(new MergeStep(kind, buffers, y.Buffer));
        for (int i = inputs.Length - 1; i >= 0; i--)
        {
            int which = i;
            build.PassBack(inputs[i], y, (dy, dx, accumulate) => new MergeGradientStep(kind, which, buffers, y.Buffer, dy, dx, accumulate));
        }

        return y;
    }

    /// <summary>The residual connection: what is pending of either image is carried out on the way, and the gradient passes without being copied.</summary>
    private static Value BuildSum(LayerBuild build)
    {
        Value[] inputs = [.. build.AsTheyAre.Select(x => x.Pending is null ? build.Spaced(x) : x)];
        Value y = build.NewValue("output", build.OutputShape);
        build.Add(new SumStep(inputs[0], inputs[1], y));
        if (!inputs.Any(build.NeedsGradient)) return y;
        build.MarkNeedsGradient(y);
        build.OnBackward(() =>
        {
            if (build.GradientOf(y) is not { } dy) return;
            foreach (Value x in inputs.Where(build.NeedsGradient))
            {
                if (build.ShareGradient(y, x)) continue;
                (PlanBuffer dx, bool accumulate) = build.GradientFor(x);
                build.Add(new MergeGradientStep(MergeKind.Add, 0, [], y.Buffer, dy, dx, accumulate));
            }
        });
        return y;
    }

    private static string NameOf(MergeKind kind) => kind.ToString().ToLowerInvariant();

    private static ComponentDescriptor<Layer> Describe(MergeKind kind, string summary, string advice, string source) => new(NameOf(kind), _ => new Merge(kind))
    {
        KerasName = kind.ToString(), Summary = summary, Advice = advice, Source = source,
    };
}
