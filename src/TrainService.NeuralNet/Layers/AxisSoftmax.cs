using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers;

/// <summary>Softmax along any axes of a sample, not only the last one.</summary>
internal sealed class AxisSoftmax(IReadOnlyList<long> asked) : Layer
{
    public override string TypeName => "softmax";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape input = Single(inputs);
        return IndexMap.Axes(asked, input.Rank) is not null ? input
            : throw new LayerShapeException($"adds up over the axes [{string.Join(", ", asked)}], which its input {input} does not have.");
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => 5 * inputs[0].Size;

    public override unsafe Value Build(LayerBuild build)
    {
        int[] axes = IndexMap.Axes(asked, build.Input.Shape.Rank)!;
        if (axes.Length == 1 && axes[0] == build.Input.Shape.Rank - 1) return build.Activate(build.Input, new Activations.Softmax(), inPlaceAllowed: false);
        Value x = build.Compact(build.Input), y = x with { Buffer = build.NewBuffer("output", x.Buffer.RowLength) };
        int[] map = IndexMap.Of(x.Shape, [.. Enumerable.Range(0, x.Shape.Rank).Except(axes)]);
        int[][] groups = IndexMap.PlacesOf(map, map.Max() + 1);
        build.Add(new RowStep("softmax over axes", [x.Buffer], [y.Buffer], (row, _, _) =>
        {
            float* from = x.Buffer.Row(row), to = y.Buffer.Row(row);
            foreach (int[] group in groups)
            {
                double most = double.NegativeInfinity, sum = 0;
                foreach (int i in group) most = Math.Max(most, from[i]);
                foreach (int i in group) sum += Math.Exp(from[i] - most);
                foreach (int i in group) to[i] = (float)(Math.Exp(from[i] - most) / sum);
            }

            RowStep.End(y.Buffer, row);
        })
        { Weight = 16 });
        build.PassBack(x, y, (dy, dx, accumulate) => new RowStep("softmax over axes'", [y.Buffer, dy, dx], [dx], (row, _, _) =>
        {
            RowStep.Begin(dx, row, accumulate);
            float* share = y.Buffer.Row(row), gradient = dy.Row(row), to = dx.Row(row);
            foreach (int[] group in groups)
            {
                double mean = 0;
                foreach (int i in group) mean += (double)share[i] * gradient[i];
                foreach (int i in group) to[i] += (float)(share[i] * (gradient[i] - mean));
            }
        }));
        return y;
    }
}
