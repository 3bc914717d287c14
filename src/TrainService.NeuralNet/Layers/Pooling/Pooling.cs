using TrainService.NeuralNet.Layers.Images;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Pooling;

/// <summary>A window goes over an image or a sequence and makes one number of what it covers, channel by channel: the largest, or the mean of the real cells.</summary>
/// <remarks>
/// x: [height, width, channels] or [steps, channels]; y: [⌈height/s⌉ (same) or ⌊(height - pool)/s⌋ + 1 (valid), likewise the width, channels]. Of equal
/// maxima the first, in the order of rows, gets the gradient.
/// </remarks>
public sealed class Pooling : Layer
{
    private readonly bool _average;
    private readonly bool _line;
    private readonly (int Height, int Width) _pool;
    private readonly (int Y, int X) _strides;
    private readonly bool _same;

    private Pooling(bool average, bool line, Arguments arguments)
    {
        (_average, _line) = (average, line);
        _pool = Lines.Read(arguments, "pool_size", line);
        _strides = arguments.Has("strides") ? Lines.Read(arguments, "strides", line) : _pool;
        _same = arguments.Text("padding") == "same";
    }

    public static IReadOnlyList<ComponentDescriptor<Layer>> Descriptors { get; } = [Max(false), Average(false), Max(true), Average(true)];

    public override string TypeName => Lines.Name(_average ? "average_pooling" : "max_pooling", _line);

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape image = Lines.AsImage(Single(inputs), _line);
        PoolGeometry geometry = PoolGeometry.Of(image, _pool, _strides, _same)
            ?? throw new LayerShapeException($"has a window of {(_line ? $"{_pool.Width}" : $"{_pool.Height}x{_pool.Width}")}, larger than its input {inputs[0]}; use padding \"same\" or a smaller window.");
        return Lines.FromImage(new Shape(geometry.OutHeight, geometry.OutWidth, image[2]), _line);
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => OutputShape(inputs).Size * _pool.Height * _pool.Width;

    public override Value Build(LayerBuild build)
    {
        // The largest of limited numbers is the largest of them, limited: on the pooled image that is a quarter of the work.
        PoolLimits limits = !_average && build.TakeOverLimits(0) is (float low, float high) ? new PoolLimits(low, high) : PoolLimits.None;
        Value x = build.Spaced(build.Input), y = build.NewValue("output", build.OutputShape);
        PoolGeometry geometry = PoolGeometry.Of(Lines.AsImage(x.Shape, _line), _pool, _strides, _same)!;
        int stride = x.ChannelStride;
        build.Add(_average ? new AveragePoolStep(geometry, stride, x.Buffer, y.Buffer) : new MaxPoolStep(geometry, stride, limits, x.Buffer, y.Buffer));
        build.PassBack(x, y, (dy, dx, accumulate) => _average
            ? new AveragePoolGradientStep(geometry, stride, dy, dx, accumulate)
            : new MaxPoolGradientStep(geometry, stride, limits, x.Buffer, y.Buffer, dy, dx, accumulate));
        return y;
    }

    private static ComponentDescriptor<Layer> Max(bool line) => Describe(line, "max_pooling", "MaxPooling", "max_pool", average: false,
        $"Keeps the largest number of each window of {(line ? "a sequence" : "an image")}.",
        line ? "After convolutions over a sequence: it gets shorter, and the network sees further." : "After convolutions, to halve height and width: the network gets smaller and sees further.");

    private static ComponentDescriptor<Layer> Average(bool line) => Describe(line, "average_pooling", "AveragePooling", "avg_pool", average: true,
        $"Takes the mean of each window of {(line ? "a sequence" : "an image")}.",
        line ? "Smoother than max pooling." : "Smoother than max pooling; usual between the blocks of DenseNet and in front of a classifier.");

    private static ComponentDescriptor<Layer> Describe(bool line, string name, string kerasName, string alias, bool average, string summary, string advice)
        => new(Lines.Name(name, line), a => new Pooling(average, line, a))
        {
            KerasName = Lines.KerasName(kerasName, line),
            Aliases = [Lines.Name(alias, line)],
            Summary = summary,
            Advice = advice,
            Source = $"Keras {Lines.KerasName(kerasName, line)}",
            Arguments =
            [
                Lines.Argument("pool_size", line, "Size of the window.", 2),
                Lines.Argument("strides", line, "Steps from window to window; null for the size of the window.", nullable: true),
                Arg.Choice("padding", "valid: whole windows only; same: windows may stick out over the edge.", "valid", "valid", "same"),
                ImageShape.DataFormat,
            ],
        };
}
