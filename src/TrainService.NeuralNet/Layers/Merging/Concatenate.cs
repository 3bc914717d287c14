using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Merging;

/// <summary>Values side by side along an axis: the features of rows, the channels of images, the steps of sequences.</summary>
/// <remarks>x₁: [.., n₁, ..], x₂: [.., n₂, ..] …, other axes equal; y: [.., n₁ + n₂ + …, ..].</remarks>
public sealed class Concatenate(int axis) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("concatenate", a => new Concatenate(a.Integer("axis")))
    {
        KerasName = "Concatenate",
        Summary = "Puts its inputs side by side along an axis.",
        Advice = "To join branches that saw different things: wide and deep, the branches of Inception, the layers of DenseNet.",
        Source = "Keras Concatenate",
        Arguments = [Arg.Integer("axis", "The axis to join along, -1 for the last, or counted with the batch as axis 0.", -1, min: -8, max: 8)],
    };

    public override string TypeName => "concatenate";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        if (inputs.Count < 2) throw new LayerShapeException($"takes two inputs or more, got {inputs.Count}.");
        Shape first = inputs[0];
        if (IndexMap.Axes([axis], first.Rank) is not [var along]) throw new LayerShapeException($"joins along axis {axis}, which its input {first} does not have.");
        if (inputs.Any(s => s.Rank != first.Rank || s.Axes.Where((n, i) => i != along && n != first[i]).Any()))
            throw new LayerShapeException($"needs inputs that differ only in the axis that they are joined along, got {string.Join(" and ", inputs)}.");
        int[] axes = [.. first.Axes];
        axes[along] = checked((int)inputs.Sum(s => (long)s[along]));
        return new Shape(axes);
    }

    public override Value Build(LayerBuild build)
    {
        Value y = build.NewValue("output", build.OutputShape);
        int along = IndexMap.Axes([axis], y.Shape.Rank)![0];
        if (along != y.Shape.Rank - 1) return Along(build, y, along);
        int offset = 0;
        foreach (Value x in build.Inputs)
        {
            int at = offset;
            offset += x.Channels;
            ChannelRange own = new(x.Buffer, 0, x.ChannelStride), part = new(y.Buffer, at, y.ChannelStride);
            build.Add(new JoinStep(own, part, x.Pixels, x.Channels, offset == y.Channels ? Tail(y) : 0, accumulate: false));
            build.PassBack(x, y, (dy, dx, accumulate)
                => new JoinStep(part with { Buffer = dy }, own with { Buffer = dx }, x.Pixels, x.Channels, accumulate ? 0 : Tail(x), accumulate));
        }

        return y;
    }

    // Along another axis than the last: number by number.
    private static Value Along(LayerBuild build, Value y, int along)
    {
        int[] places = Spread.Places(y), index = IndexMap.Of(y.Shape, [along]);
        int offset = 0;
        for (int k = 0; k < build.Inputs.Count; k++)
        {
            Value x = build.Inputs[k];
            int first = offset, last = offset += x.Shape[along];
            int[] to = [.. places.Where((_, i) => index[i] >= first && index[i] < last)], from = Spread.Places(x);
            build.Add(new ReorderStep(x.Buffer, from, y.Buffer, to, accumulate: k > 0));
            build.PassBack(x, y, (dy, dx, accumulate) => new ReorderStep(dy, to, dx, from, accumulate));
        }

        return y;
    }

    private static int Tail(Value value) => (value.Pixels == 1 ? value.Buffer.Stride : value.ChannelStride) - value.Channels;
}
