using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Merging;

/// <summary>How far two inputs are from each other: y = √Σ(a - b)², or y = |a - b| number by number.</summary>
/// <remarks>a, b: one shape; y: [1], or that shape. Where a = b the gradient is 0.</remarks>
public sealed class Distance(bool each) : Layer
{
    /// <summary>Below it two inputs count as the same.</summary>
    private const double Least = 1e-7;

    public static IReadOnlyList<ComponentDescriptor<Layer>> Descriptors { get; } =
    [
        new("euclidean_distance", _ => new Distance(each: false))
        {
            Summary = "The length of the difference of two inputs.",
            Advice = "Behind the two towers of a siamese network, with the loss contrastive. pretrain_pairs puts it there by itself.",
            Source = "Hadsell, Chopra, LeCun 2006",
        },
        new("absolute_difference", _ => new Distance(each: true))
        {
            Summary = "The magnitude of the difference of two inputs, number by number.",
            Advice = "Behind the two towers of a siamese network, with a dense layer of one sigmoid unit after it: that unit learns which differences count.",
            Source = "Koch, Zemel, Salakhutdinov 2015, Siamese neural networks for one-shot image recognition",
        },
    ];

    public override string TypeName => each ? "absolute_difference" : "euclidean_distance";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        if (inputs.Count != 2) throw new LayerShapeException($"takes two inputs, got {inputs.Count}.");
        if (inputs[0] != inputs[1]) throw new LayerShapeException($"needs two inputs of one shape, got {inputs[0]} and {inputs[1]}.");
        return each ? inputs[0] : new Shape(1);
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => 3 * inputs[0].Size;

    public override unsafe Value Build(LayerBuild build)
    {
        Value a = build.Compact(build.Inputs[0]), b = build.Compact(build.Inputs[1]);
        int length = checked((int)a.Shape.Size);
        Value y = new(build.NewBuffer("output", build.OutputShape.Size), build.OutputShape);
        build.Add(new RowStep(TypeName, [a.Buffer, b.Buffer], [y.Buffer], (row, _, _) =>
        {
            float* p = a.Buffer.Row(row), q = b.Buffer.Row(row), to = y.Buffer.Row(row);
            double squares = 0;
            for (int i = 0; i < length; i++)
            {
                float gap = p[i] - q[i];
                if (each) to[i] = MathF.Abs(gap);
                else squares += (double)gap * gap;
            }

            if (!each) to[0] = (float)Math.Sqrt(squares);
            RowStep.End(y.Buffer, row);
        }));
        build.PassBack(b, y, (dy, dx, accumulate) => Back(y.Buffer, dy, dx, b.Buffer, a.Buffer, length, accumulate));
        build.PassBack(a, y, (dy, dx, accumulate) => Back(y.Buffer, dy, dx, a.Buffer, b.Buffer, length, accumulate));
        return y;
    }

    private unsafe RowStep Back(PlanBuffer y, PlanBuffer dy, PlanBuffer dx, PlanBuffer own, PlanBuffer other, int length, bool accumulate)
        => new(TypeName + "'", [y, dy, own, other, dx], [dx], (row, _, _) =>
        {
            RowStep.Begin(dx, row, accumulate);
            float* p = own.Row(row), q = other.Row(row), up = dy.Row(row), to = dx.Row(row);
            float scale = each || y.Row(row)[0] < Least ? 0 : up[0] / y.Row(row)[0];
            for (int i = 0; i < length; i++) to[i] += each ? up[i] * Math.Sign(p[i] - q[i]) : scale * (p[i] - q[i]);
        });
}
