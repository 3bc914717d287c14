using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Images;

/// <summary>An image or a sequence in another size: each pixel repeated, or mixed linearly of its neighbours, the centres of pixels at halves.</summary>
/// <remarks>x: [height, width, channels] or [steps, channels]; y: enlarged by whole factors, or of a given size.</remarks>
public sealed class UpSampling : Layer
{
    private readonly string _name;
    private readonly bool _line;
    private readonly bool _bilinear;
    private readonly bool _toSize;
    private readonly (int Height, int Width) _size;

    private UpSampling(string name, (int Height, int Width) size, bool toSize, bool line, bool bilinear)
        => (_name, _size, _toSize, _line, _bilinear) = (name, size, toSize, line, bilinear);

    public static IReadOnlyList<ComponentDescriptor<Layer>> Descriptors { get; } =
    [
        new("up_sampling2d", a => new UpSampling("up_sampling2d", ImageShape.Pair(a, "size"), false, false, a.Text("interpolation") == "bilinear"))
        {
            KerasName = "UpSampling2D",
            Summary = "Enlarges an image by whole factors.",
            Advice = "In decoders and generators; followed by a convolution it avoids the checkerboards of a transposed one.",
            Source = "Keras UpSampling2D",
            Arguments = [ImageShape.PairArgument("size", "Factors for height and width, or one number for both.", 2), Interpolation("nearest"), ImageShape.DataFormat],
        },
        new("up_sampling1d", a => new UpSampling("up_sampling1d", (1, a.Integer("size")), false, true, false))
        {
            KerasName = "UpSampling1D",
            Summary = "Repeats each step of a sequence.",
            Advice = "In decoders of sequences.",
            Source = "Keras UpSampling1D",
            Arguments = [Arg.Integer("size", "How often each step stands there.", 2, min: 1, max: 1 << 16)],
        },
        new("resizing", a => new UpSampling("resizing", (a.Integer("height"), a.Integer("width")), true, false, a.Text("interpolation") == "bilinear"))
        {
            KerasName = "Resizing",
            Summary = "Brings an image to a given size.",
            Advice = "First in a network whose layers want another size than the images have. Made much smaller, images lose detail between the sampled pixels.",
            Source = "Keras Resizing",
            Arguments =
            [
                Arg.Integer("height", "Of the output.", min: 1, max: 1 << 16, required: true),
                Arg.Integer("width", "Of the output.", min: 1, max: 1 << 16, required: true),
                Interpolation("bilinear"),
                ImageShape.DataFormat,
            ],
        },
    ];

    public override string TypeName => _name;

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape image = Lines.AsImage(Single(inputs), _line);
        return Lines.FromImage(_toSize ? new Shape(_size.Height, _size.Width, image[2]) : new Shape(checked(image[0] * _size.Height), checked(image[1] * _size.Width), image[2]), _line);
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => _bilinear ? 6 * OutputShape(inputs).Size : 0;

    public override Value Build(LayerBuild build)
    {
        Value x = build.Spaced(build.Input), y = build.NewValue("output", build.OutputShape);
        Shape from = Lines.AsImage(x.Shape, _line), to = Lines.AsImage(y.Shape, _line);
        Taps lines = Along(from[0], to[0]), columns = Along(from[1], to[1]);
        build.Add(new UpSampleStep(x.Buffer, y.Buffer, lines, columns, from[1], x.ChannelStride));
        build.PassBack(x, y, (dy, dx, accumulate) => new UpSampleGradientStep(dy, dx, lines, columns, from[1], x.ChannelStride, accumulate));
        return y;
    }

    private static ArgumentSpec Interpolation(string @default) => new("interpolation", ArgumentKind.Choice, "nearest repeats pixels, bilinear mixes neighbours.")
    {
        Default = @default, Choices = ["nearest", "bilinear"], UnsupportedChoices = ["bicubic", "lanczos3", "lanczos5", "area", "gaussian", "mitchellcubic"],
    };

    private Taps Along(int length, int count) => _bilinear ? Taps.Linear(length, count) : Taps.Nearest(length, count);
}
