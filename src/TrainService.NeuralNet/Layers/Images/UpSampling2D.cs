using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Images;

/// <summary>The image enlarged by whole factors: each pixel repeated, or mixed linearly of its neighbours.</summary>
/// <remarks>x: [height, width, channels]; y: [height · size, width · size, channels]. Bilinear with the centres of pixels at halves, as Keras.</remarks>
public sealed class UpSampling2D(int height, int width, bool bilinear) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("up_sampling2d", Create)
    {
        KerasName = "UpSampling2D",
        Summary = "Enlarges an image by whole factors.",
        Advice = "In decoders and generators; followed by a convolution it avoids the checkerboards of a transposed one.",
        Source = "Keras UpSampling2D",
        Arguments =
        [
            ImageShape.PairArgument("size", "Factors for height and width, or one number for both.", 2),
            new("interpolation", ArgumentKind.Choice, "nearest repeats pixels, bilinear mixes neighbours.")
            {
                Default = "nearest", Choices = ["nearest", "bilinear"], UnsupportedChoices = ["bicubic", "lanczos3", "lanczos5"],
            },
            ImageShape.DataFormat,
        ],
    };

    public override string TypeName => "up_sampling2d";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape input = ImageShape.Check(Single(inputs));
        return new Shape(checked(input[0] * height), checked(input[1] * width), input[2]);
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => bilinear ? 6 * OutputShape(inputs).Size : 0;

    public override Value Build(LayerBuild build)
    {
        Value x = build.Spaced(build.Input), y = build.NewValue("output", build.OutputShape);
        Taps lines = Along(x.Shape[0], height), columns = Along(x.Shape[1], width);
        build.Add(new UpSampleStep(x.Buffer, y.Buffer, lines, columns, x.Shape[1], x.ChannelStride));
        build.PassBack(x, y, (dy, dx, accumulate) => new UpSampleGradientStep(dy, dx, lines, columns, x.Shape[1], x.ChannelStride, accumulate));
        return y;
    }

    private static UpSampling2D Create(Arguments arguments)
    {
        (int height, int width) = ImageShape.Pair(arguments, "size");
        return new UpSampling2D(height, width, arguments.Text("interpolation") == "bilinear");
    }

    private Taps Along(int length, int factor) => bilinear ? Taps.Linear(length, factor) : Taps.Nearest(length, factor);
}
