using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Merging;

/// <summary>Values of several shapes brought to one, as NumPy and Keras do: axes are matched from the first on, and one of size 1 stands for all.</summary>
internal static class Spread
{
    /// <summary>The common shape; null when there is none. Ranks must agree, since Keras counts the axes of merges from the batch.</summary>
    public static Shape? Common(IReadOnlyList<Shape> shapes)
    {
        if (shapes.Any(s => s.Rank != shapes[0].Rank)) return null;
        int[] axes = [.. Enumerable.Range(0, shapes[0].Rank).Select(axis => shapes.Max(s => s[axis]))];
        return shapes.All(s => s.Axes.Select((n, axis) => n == 1 || n == axes[axis]).All(fits => fits)) ? new Shape(axes) : null;
    }

    /// <summary>The value in the larger shape, its numbers repeated along axes of size 1; their gradients are added up.</summary>
    public static Value To(LayerBuild build, Value x, Shape shape)
    {
        if (x.Shape == shape) return x;
        Value y = build.NewValue("spread", shape);
        int[] to = Places(y), own = Places(x), from = [.. IndexMap.Of(shape, [.. Enumerable.Range(0, shape.Rank).Where(axis => x.Shape[axis] > 1)]).Select(i => own[i])];
        build.Add(new ReorderStep(x.Buffer, from, y.Buffer, to, accumulate: false));
        build.PassBack(x, y, (dy, dx, accumulate) => new ReorderStep(dy, to, dx, from, accumulate));
        return y;
    }

    /// <summary>Where each number stands in a value's row.</summary>
    public static int[] Places(Value value)
        => [.. Enumerable.Range(0, checked((int)value.Shape.Size)).Select(i => ((i / value.Channels) * value.ChannelStride) + (i % value.Channels))];
}
