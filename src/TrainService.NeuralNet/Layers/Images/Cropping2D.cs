using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Images;

/// <summary>The image without some lines along its edges.</summary>
/// <remarks>x: [height, width, channels]; y: [height - top - bottom, width - left - right, channels].</remarks>
public sealed class Cropping2D : Layer
{
    private readonly Margins _margins;

    private Cropping2D(Margins margins) => _margins = margins;

    public static ComponentDescriptor<Layer> Descriptor { get; } = new("cropping2d", a => new Cropping2D(Margins.From(a, "cropping")))
    {
        KerasName = "Cropping2D",
        Summary = "Cuts lines off the edges of an image.",
        Advice = "Where two branches of slightly different size meet.",
        Source = "Keras Cropping2D",
        Arguments = [Margins.Argument("cropping", "Lines to cut: one number, [height, width] or [[top, bottom], [left, right]].", 0), ImageShape.DataFormat],
    };

    public override string TypeName => "cropping2d";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape input = ImageShape.Check(Single(inputs));
        (int height, int width) = (input[0] - _margins.Top - _margins.Bottom, input[1] - _margins.Left - _margins.Right);
        return height > 0 && width > 0 ? new Shape(height, width, input[2]) : throw new LayerShapeException($"leaves nothing of its input {input}.");
    }

    public override Value Build(LayerBuild build)
    {
        Value x = build.Input;
        int stride = x.ChannelStride;
        Shape shape = build.OutputShape;
        Value y = new(build.NewBuffer("output", (long)shape[0] * shape[1] * stride), shape, stride);
        Box inside = new(_margins.Top, _margins.Left, x.Shape[1]), whole = new(0, 0, shape[1]);
        build.Add(new BoxCopyStep(x.Buffer, inside, y.Buffer, whole, shape[0], shape[1], stride, accumulate: false));
        build.PassBack(x, y, (dy, dx, accumulate) => new BoxCopyStep(dy, whole, dx, inside, shape[0], shape[1], stride, accumulate));
        return y;
    }
}
