using TrainService.NeuralNet.Layers.Images;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Pooling;

/// <summary>One number for each channel of an image or a sequence: its mean or its maximum over all pixels or steps.</summary>
/// <remarks>x: [height, width, channels] or [steps, channels]; y: [channels], or with keepdims [1, 1, channels] or [1, channels]. Equal maxima share the gradient.</remarks>
public sealed class GlobalPooling(bool average, bool line, bool keepDimensions) : Layer
{
    public static IReadOnlyList<ComponentDescriptor<Layer>> Descriptors { get; } = [Average(false), Max(false), Average(true), Max(true)];

    public override string TypeName => Lines.Name(average ? "global_average_pooling" : "global_max_pooling", line);

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        int channels = Lines.AsImage(Single(inputs), line)[2];
        return keepDimensions ? Lines.FromImage(new Shape(1, 1, channels), line) : new Shape(channels);
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

    private static ComponentDescriptor<Layer> Average(bool line) => Describe(line, "global_average_pooling", "GlobalAveragePooling", "global_avg_pool", true,
        $"The mean of each channel over the whole {(line ? "sequence" : "image")}.",
        line ? "Between convolutions or embeddings and the classifier: sequences of any length." : "Between the last convolution and the classifier: few parameters, and images of any size.",
        "Lin, Chen, Yan 2013, arXiv:1312.4400");

    private static ComponentDescriptor<Layer> Max(bool line) => Describe(line, "global_max_pooling", "GlobalMaxPooling", "global_max_pool", false,
        $"The largest number of each channel over the whole {(line ? "sequence" : "image")}.", "Where it matters that a feature is somewhere, not how often.",
        $"Keras {Lines.KerasName("GlobalMaxPooling", line)}");

    private static ComponentDescriptor<Layer> Describe(bool line, string name, string kerasName, string alias, bool average, string summary, string advice, string source)
        => new(Lines.Name(name, line), a => new GlobalPooling(average, line, a.Flag("keepdims")))
        {
            KerasName = Lines.KerasName(kerasName, line),
            Aliases = [Lines.Name(alias, line)],
            Summary = summary,
            Advice = advice,
            Source = source,
            Arguments = [Arg.Flag("keepdims", $"Put out {(line ? "[1, channels]" : "[1, 1, channels]")} instead of [channels].", false), ImageShape.DataFormat],
        };
}
