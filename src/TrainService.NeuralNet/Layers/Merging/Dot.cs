using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Merging;

/// <summary>y = Σ a[.., k, ..] · b[.., k, ..] along one axis of each of two inputs: for vectors their scalar product.</summary>
/// <remarks>a, b: any shapes with one axis of equal size; y: the other axes of a, then those of b, or [1] when none are left.</remarks>
public sealed class Dot(IReadOnlyList<long> axes, bool normalize) : Layer
{
    private const double LeastLength = 1e-7;

    public static ComponentDescriptor<Layer> Descriptor { get; } = new("dot", a => new Dot(a.Integers("axes"), a.Flag("normalize")))
    {
        KerasName = "Dot",
        Summary = "The scalar product of two inputs along an axis of each.",
        Advice = "Behind two embeddings: how well a user and a product fit. With normalize it is the cosine of their angle.",
        Source = "Keras Dot",
        Arguments =
        [
            Arg.Integers("axes", "The axis of each input, the batch counted as axis 0, or one number for both.", min: -8, max: 8, maxCount: 2, required: true),
            Arg.Flag("normalize", "Bring the vectors along the axis to length 1 first.", false),
        ],
    };

    public override string TypeName => "dot";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        if (inputs.Count != 2) throw new LayerShapeException($"takes two inputs, got {inputs.Count}.");
        (int a, int b) = (AxisOf(inputs[0], 0), AxisOf(inputs[1], 1));
        if (inputs[0][a] != inputs[1][b]) throw new LayerShapeException($"multiplies along an axis of {inputs[0][a]} and one of {inputs[1][b]}, which must be equal; its inputs are {inputs[0]} and {inputs[1]}.");
        int[] left = [.. Others(inputs[0], a).Select(axis => inputs[0][axis]), .. Others(inputs[1], b).Select(axis => inputs[1][axis])];
        return left.Length == 0 ? new Shape(1) : new Shape(left);
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => 2 * OutputShape(inputs).Size * inputs[0][AxisOf(inputs[0], 0)];

    public override unsafe Value Build(LayerBuild build)
    {
        Value a = Unit(build, build.Compact(build.Inputs[0]), 0), b = Unit(build, build.Compact(build.Inputs[1]), 1);
        Value y = new(build.NewBuffer("output", build.OutputShape.Size), build.OutputShape);
        (int[][] left, int[][] right) = (Vectors(a.Shape, 0), Vectors(b.Shape, 1));
        build.Add(new RowStep("dot", [a.Buffer, b.Buffer], [y.Buffer], (row, _, _) =>
        {
            float* x = a.Buffer.Row(row), z = b.Buffer.Row(row), to = y.Buffer.Row(row);
            for (int i = 0; i < left.Length; i++)
            {
                for (int j = 0; j < right.Length; j++)
                {
                    double sum = 0;
                    for (int k = 0; k < left[i].Length; k++) sum += (double)x[left[i][k]] * z[right[j][k]];
                    *to++ = (float)sum;
                }
            }

            RowStep.End(y.Buffer, row);
        }));
        build.PassBack(b, y, (dy, dx, accumulate) => Back(a.Buffer, left, dx, right, (i, j) => (i * right.Length) + j, dy, accumulate));
        build.PassBack(a, y, (dy, dx, accumulate) => Back(b.Buffer, right, dx, left, (j, i) => (i * right.Length) + j, dy, accumulate));
        return y;
    }

    /// <summary>dx of one factor: the sum over the other's vectors, each times its dy.</summary>
    private static unsafe RowStep Back(PlanBuffer other, int[][] others, PlanBuffer dx, int[][] own, Func<int, int, int> place, PlanBuffer dy, bool accumulate)
        => new("dot'", [other, dy, dx], [dx], (row, _, _) =>
        {
            RowStep.Begin(dx, row, accumulate);
            float* gradient = dy.Row(row), to = dx.Row(row), from = other.Row(row);
            for (int i = 0; i < others.Length; i++)
                for (int j = 0; j < own.Length; j++)
                    for (int k = 0; k < own[j].Length; k++)
                        to[own[j][k]] += gradient[place(i, j)] * from[others[i][k]];
        });

    private unsafe Value Unit(LayerBuild build, Value x, int which)
    {
        if (!normalize) return x;
        Value y = x with { Buffer = build.NewBuffer($"unit {which}", x.Buffer.RowLength) };
        int[][] vectors = Vectors(x.Shape, which);
        build.Add(new RowStep("unit vectors", [x.Buffer], [y.Buffer], (row, _, _) =>
        {
            float* from = x.Buffer.Row(row), to = y.Buffer.Row(row);
            foreach (int[] vector in vectors)
            {
                double length = Length(from, vector);
                foreach (int i in vector) to[i] = (float)(from[i] / length);
            }

            RowStep.End(y.Buffer, row);
        }));
        build.PassBack(x, y, (dy, dx, accumulate) => new RowStep("unit vectors'", [x.Buffer, y.Buffer, dy, dx], [dx], (row, _, _) =>
        {
            RowStep.Begin(dx, row, accumulate);
            float* from = x.Buffer.Row(row), unit = y.Buffer.Row(row), gradient = dy.Row(row), to = dx.Row(row);
            foreach (int[] vector in vectors)
            {
                double length = Length(from, vector), along = 0;
                if (length > LeastLength) foreach (int i in vector) along += (double)gradient[i] * unit[i];
                foreach (int i in vector) to[i] += (float)((gradient[i] - (along * unit[i])) / length);
            }
        }));
        return y;
    }

    private static unsafe double Length(float* x, int[] vector)
    {
        double squares = 0;
        foreach (int i in vector) squares += (double)x[i] * x[i];
        return Math.Max(Math.Sqrt(squares), LeastLength);
    }

    /// <summary>The places of the vectors along the axis, for each index of the other axes.</summary>
    private int[][] Vectors(Shape shape, int which)
    {
        int axis = AxisOf(shape, which);
        return IndexMap.PlacesOf(IndexMap.Of(shape, [.. Others(shape, axis)]), (int)(shape.Size / shape[axis]));
    }

    private static IEnumerable<int> Others(Shape shape, int axis) => Enumerable.Range(0, shape.Rank).Where(i => i != axis);

    private int AxisOf(Shape shape, int which)
    {
        long asked = axes[Math.Min(which, axes.Count - 1)];
        return IndexMap.Axes([asked], shape.Rank) is [var axis] ? axis : throw new LayerShapeException($"has no axis {asked} in its input {shape}.");
    }
}
