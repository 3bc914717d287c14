using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Images;

/// <summary>The image with lines of zeros along its edges.</summary>
/// <remarks>x: [height, width, channels]; y: [top + height + bottom, left + width + right, channels].</remarks>
public sealed class ZeroPadding2D : Layer
{
    private readonly Margins _margins;

    private ZeroPadding2D(Margins margins) => _margins = margins;

    public static ComponentDescriptor<Layer> Descriptor { get; } = new("zero_padding2d", a => new ZeroPadding2D(Margins.From(a, "padding")))
    {
        KerasName = "ZeroPadding2D",
        Summary = "Puts zeros around an image.",
        Advice = "Before a convolution with padding \"valid\", when its padding must be other than \"same\" gives.",
        Source = "Keras ZeroPadding2D",
        Arguments = [Margins.Argument("padding", "Lines of zeros: one number, [height, width] or [[top, bottom], [left, right]].", 1), ImageShape.DataFormat],
    };

    public override string TypeName => "zero_padding2d";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape input = ImageShape.Check(Single(inputs));
        return new Shape(checked(_margins.Top + input[0] + _margins.Bottom), checked(_margins.Left + input[1] + _margins.Right), input[2]);
    }

    public override Value Build(LayerBuild build)
    {
        Value x = build.Input;
        (int height, int width, int stride) = (x.Shape[0], x.Shape[1], x.ChannelStride);
        Shape shape = build.OutputShape;
        Value y = new(build.NewBuffer("output", (long)shape[0] * shape[1] * stride), shape, stride);
        Box inside = new(_margins.Top, _margins.Left, shape[1]), whole = new(0, 0, width);
        build.Add(new BoxCopyStep(x.Buffer, whole, y.Buffer, inside, height, width, stride, accumulate: false));
        build.PassBack(x, y, (dy, dx, accumulate) => new BoxCopyStep(dy, inside, dx, whole, height, width, stride, accumulate));
        return y;
    }
}
