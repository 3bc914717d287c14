using TrainService.NeuralNet.Layers.Images;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Pooling;

/// <summary>One number for each channel of an image: its mean or its maximum over all pixels.</summary>
/// <remarks>x: [height, width, channels]; y: [channels], or [1, 1, channels] with keepdims. Equal maxima share the gradient.</remarks>
public sealed class GlobalPooling2D(bool average, bool keepDimensions) : Layer
{
    public static ComponentDescriptor<Layer> AverageDescriptor { get; } = new("global_average_pooling2d", a => new GlobalPooling2D(true, a.Flag("keepdims")))
    {
        KerasName = "GlobalAveragePooling2D",
        Aliases = ["global_avg_pool2d"],
        Summary = "The mean of each channel over the whole image.",
        Advice = "Between the last convolution and the classifier: few parameters, and images of any size.",
        Source = "Lin, Chen, Yan 2013, arXiv:1312.4400",
        Arguments = [KeepDimensions, ImageShape.DataFormat],
    };

    public static ComponentDescriptor<Layer> MaxDescriptor { get; } = new("global_max_pooling2d", a => new GlobalPooling2D(false, a.Flag("keepdims")))
    {
        KerasName = "GlobalMaxPooling2D",
        Aliases = ["global_max_pool2d"],
        Summary = "The largest number of each channel over the whole image.",
        Advice = "Where it matters that a feature is somewhere, not how often.",
        Source = "Keras GlobalMaxPooling2D",
        Arguments = [KeepDimensions, ImageShape.DataFormat],
    };

    public override string TypeName => average ? "global_average_pooling2d" : "global_max_pooling2d";

    private static ArgumentSpec KeepDimensions => Arg.Flag("keepdims", "Put out [1, 1, channels] instead of [channels].", false);

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        int channels = ImageShape.Check(Single(inputs))[2];
        return keepDimensions ? new Shape(1, 1, channels) : new Shape(channels);
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => inputs[0].Size;

    public override Value Build(LayerBuild build)
    {
        Value x = build.Spaced(build.Input), y = build.NewValue("output", build.OutputShape);
        (int stride, int pixels, int channels) = (x.ChannelStride, x.Pixels, x.Channels);
        build.Add(average ? new GlobalAverageStep(x.Buffer, stride, pixels, channels, y.Buffer) : new GlobalMaxStep(x.Buffer, stride, pixels, channels, y.Buffer));
        build.PassBack(x, y, (dy, dx, accumulate) => average
            ? new GlobalAverageGradientStep(dy, dx, stride, pixels, channels, accumulate)
            : new GlobalMaxGradientStep(x.Buffer, y.Buffer, dy, dx, stride, pixels, channels, accumulate));
        return y;
    }
}
