using TrainService.NeuralNet.Layers.Merging;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Images;

/// <summary>The axes in another order: axis i of y is axis dims[i] of x, counted from 1.</summary>
public sealed class Permute(IReadOnlyList<long> order) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("permute", Create)
    {
        KerasName = "Permute",
        Summary = "Puts the axes of a sample into another order.",
        Advice = "To turn images around, or to bring the axis of features to the end.",
        Source = "Keras Permute",
        Arguments = [Arg.Integers("dims", "For each axis of the output the axis of the input, counted from 1.", min: 1, max: 8, required: true)],
    };

    public override string TypeName => "permute";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape input = Single(inputs);
        return input.Rank == order.Count
            ? new Shape([.. order.Select(axis => input[(int)axis - 1])])
            : throw new LayerShapeException($"puts {order.Count} axes in order, got {input}.");
    }

    public override Value Build(LayerBuild build)
    {
        Value x = build.Input, y = build.NewValue("output", build.OutputShape);
        int[] to = Spread.Places(y), original = Spread.Places(x), from = new int[to.Length];
        int[] steps = new int[order.Count];
        for (int axis = x.Shape.Rank - 1, step = 1; axis >= 0; step *= x.Shape[axis--]) steps[axis] = step;
        int[] index = new int[order.Count];
        for (int i = 0; i < from.Length; i++)
        {
            int at = 0;
            for (int axis = 0; axis < index.Length; axis++) at += index[axis] * steps[order[axis] - 1];
            from[i] = original[at];
            for (int axis = index.Length - 1; axis >= 0 && ++index[axis] == y.Shape[axis]; axis--) index[axis] = 0;
        }

        build.Add(new ReorderStep(x.Buffer, from, y.Buffer, to, accumulate: false));
        build.PassBack(x, y, (dy, dx, accumulate) => new ReorderStep(dy, to, dx, from, accumulate));
        return y;
    }

    private static Permute Create(Arguments arguments)
    {
        IReadOnlyList<long> dims = arguments.Integers("dims");
        if (!dims.Order().SequenceEqual(Enumerable.Range(1, dims.Count).Select(n => (long)n)))
            throw new ArgumentConflictException("dims", $"Expected each of 1 to {dims.Count} once.");
        return new Permute(dims);
    }
}
