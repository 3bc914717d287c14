using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Images;

/// <summary>An image or a sequence with zeros along its edges, or with some of its edges cut off.</summary>
/// <remarks>x: [height, width, channels] or [steps, channels]; y: larger or smaller by the margins.</remarks>
public sealed class Frame : Layer
{
    private readonly Margins _margins;
    private readonly bool _crops;
    private readonly bool _line;

    private Frame(Margins margins, bool crops, bool line) => (_margins, _crops, _line) = (margins, crops, line);

    public static IReadOnlyList<ComponentDescriptor<Layer>> Descriptors { get; } = [Padding(false), Cropping(false), Padding(true), Cropping(true)];

    public override string TypeName => Lines.Name(_crops ? "cropping" : "zero_padding", _line);

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape image = Lines.AsImage(Single(inputs), _line);
        int sign = _crops ? -1 : 1, height = checked(image[0] + (sign * (_margins.Top + _margins.Bottom))), width = checked(image[1] + (sign * (_margins.Left + _margins.Right)));
        return height > 0 && width > 0
            ? Lines.FromImage(new Shape(height, width, image[2]), _line)
            : throw new LayerShapeException($"leaves nothing of its input {inputs[0]}.");
    }

    public override Value Build(LayerBuild build)
    {
        Value x = build.Input;
        int stride = x.ChannelStride;
        Shape before = Lines.AsImage(x.Shape, _line), after = Lines.AsImage(build.OutputShape, _line), small = _crops ? after : before;
        Value y = new(build.NewBuffer("output", (long)after[0] * after[1] * stride), build.OutputShape, stride);
        // The smaller of the two is a rectangle of the larger one.
        Box part = new(_margins.Top, _margins.Left, (_crops ? before : after)[1]), whole = new(0, 0, small[1]);
        (Box from, Box to) = _crops ? (part, whole) : (whole, part);
        build.Add(new BoxCopyStep(x.Buffer, from, y.Buffer, to, small[0], small[1], stride, accumulate: false));
        build.PassBack(x, y, (dy, dx, accumulate) => new BoxCopyStep(dy, to, dx, from, small[0], small[1], stride, accumulate));
        return y;
    }

    private static ComponentDescriptor<Layer> Padding(bool line) => Describe(line, "zero_padding", "ZeroPadding", "padding", 1, crops: false,
        line ? "Puts zeros before and behind a sequence." : "Puts zeros around an image.",
        "Before a convolution with padding \"valid\", when its padding must be other than \"same\" gives.");

    private static ComponentDescriptor<Layer> Cropping(bool line) => Describe(line, "cropping", "Cropping", "cropping", line ? 1 : 0, crops: true,
        line ? "Cuts steps off both ends of a sequence." : "Cuts lines off the edges of an image.", "Where two branches of slightly different size meet.");

    private static ComponentDescriptor<Layer> Describe(bool line, string name, string kerasName, string argument, int @default, bool crops, string summary, string advice)
        => new(Lines.Name(name, line), a => new Frame(line ? Margins.OfLine(a, argument) : Margins.From(a, argument), crops, line))
        {
            KerasName = Lines.KerasName(kerasName, line),
            Summary = summary,
            Advice = advice,
            Source = $"Keras {Lines.KerasName(kerasName, line)}",
            Arguments = line
                ? [Arg.Integers(argument, "Steps before and behind, or one number for both.", [@default, @default], min: 0, max: 1 << 16, maxCount: 2), ImageShape.DataFormat]
                : [Margins.Argument(argument, "Lines along the edges: one number, [height, width] or [[top, bottom], [left, right]].", @default), ImageShape.DataFormat],
        };
}
