using TrainService.NeuralNet.Plan;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Images;

/// <summary>The same numbers in the same order under another shape. Another view of the same buffer, where there are no gaps between pixels to be closed.</summary>
/// <remarks>Any shape to any of the same size; one axis may be -1: as long as it must be.</remarks>
public sealed class Reshape(IReadOnlyList<long> targetShape) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("reshape", Create)
    {
        KerasName = "Reshape",
        Summary = "Gives the numbers of a sample another shape, in the same order.",
        Advice = "From a row of numbers to an image ([784] to [28, 28, 1]), or between image and sequence.",
        Source = "Keras Reshape",
        Arguments = [Arg.Integers("target_shape", "The new shape, without the batch; one axis may be -1.", min: -1, max: 1 << 30, required: true)],
    };

    public override string TypeName => "reshape";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape input = Single(inputs);
        long known = 1;
        foreach (long axis in targetShape)
            if (axis > 0)
                known = checked(known * axis);
        bool open = targetShape.Contains(-1);
        if (open ? input.Size % known != 0 : input.Size != known)
            throw new LayerShapeException($"cannot make [{string.Join(", ", targetShape)}] of {input}: {input.Size} numbers do not go into it.");
        return new Shape([.. targetShape.Select(n => n == -1 ? checked((int)(input.Size / known)) : (int)n)]);
    }

    public override Value Build(LayerBuild build) => new(build.Compact(build.Input).Buffer, build.OutputShape);

    private static Reshape Create(Arguments arguments)
    {
        IReadOnlyList<long> shape = arguments.Integers("target_shape");
        if (shape.Contains(0) || shape.Count(n => n == -1) > 1)
            throw new ArgumentConflictException("target_shape", "Expected whole numbers of at least 1, of which one may be -1.");
        return new Reshape(shape);
    }
}
