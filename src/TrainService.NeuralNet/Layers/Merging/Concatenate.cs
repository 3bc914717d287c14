using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Merging;

/// <summary>Values side by side along the last axis: the features of rows, the channels of images.</summary>
/// <remarks>x₁: [..., C₁], x₂: [..., C₂] …, other axes equal; y: [..., C₁ + C₂ + …].</remarks>
public sealed class Concatenate(int axis) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("concatenate", a => new Concatenate(a.Integer("axis")))
    {
        KerasName = "Concatenate",
        Summary = "Puts its inputs side by side along the last axis.",
        Advice = "To join branches that saw different things: wide and deep, the branches of Inception, the layers of DenseNet.",
        Source = "Keras Concatenate",
        Arguments = [Arg.Integer("axis", "The axis to join along; only the last one, as -1 or counted with the batch as axis 0.", -1, min: -1, max: 8)],
    };

    public override string TypeName => "concatenate";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        if (inputs.Count < 2) throw new LayerShapeException($"takes two inputs or more, got {inputs.Count}.");
        Shape first = inputs[0];
        if (first.Rank == 0 || inputs.Any(s => !s.Axes[..^1].AsSpan().SequenceEqual(first.Axes[..^1].AsSpan())))
            throw new LayerShapeException($"needs inputs that differ in the last axis only, got {string.Join(" and ", inputs)}.");
        if (axis != -1 && axis != first.Rank) throw new LayerShapeException($"joins along the last axis (-1 or {first.Rank}) only, not {axis}.");
        int[] axes = [.. first.Axes];
        axes[^1] = checked((int)inputs.Sum(s => (long)s[-1]));
        return new Shape(axes);
    }

    public override Value Build(LayerBuild build)
    {
        Value y = build.NewValue("output", build.OutputShape);
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

    private static int Tail(Value value) => (value.Pixels == 1 ? value.Buffer.Stride : value.ChannelStride) - value.Channels;
}
