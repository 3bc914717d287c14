using TrainService.NeuralNet.Layers.Images;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Pooling;

/// <summary>A window goes over an image and makes one number of what it covers, channel by channel.</summary>
/// <remarks>x: [height, width, channels]; y: [⌈height/s⌉ (same) or ⌊(height - pool)/s⌋ + 1 (valid), likewise the width, channels].</remarks>
public abstract class Pooling2D : Layer
{
    private readonly (int Height, int Width) _pool;
    private readonly (int Y, int X) _strides;
    private readonly bool _same;

    private protected Pooling2D(Arguments arguments)
    {
        _pool = ImageShape.Pair(arguments, "pool_size");
        _strides = arguments.Has("strides") ? ImageShape.Pair(arguments, "strides") : _pool;
        _same = arguments.Text("padding") == "same";
    }

    private protected static IReadOnlyList<ArgumentSpec> PoolArguments { get; } =
    [
        ImageShape.PairArgument("pool_size", "Height and width of the window, or one number for both.", 2),
        ImageShape.PairArgument("strides", "Steps from window to window; null for the size of the window.", nullable: true),
        Arg.Choice("padding", "valid: whole windows only; same: windows may stick out over the edge.", "valid", "valid", "same"),
        ImageShape.DataFormat,
    ];

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape input = ImageShape.Check(Single(inputs));
        PoolGeometry geometry = PoolGeometry.Of(input, _pool, _strides, _same)
            ?? throw new LayerShapeException($"has a window of {_pool.Height}x{_pool.Width}, larger than its input {input}; use padding \"same\" or a smaller window.");
        return new Shape(geometry.OutHeight, geometry.OutWidth, input[2]);
    }

    public override long Flops(IReadOnlyList<Shape> inputs) => OutputShape(inputs).Size * _pool.Height * _pool.Width;

    public override Value Build(LayerBuild build)
    {
        Value input = build.Spaced(build.Input), output = build.NewValue("output", build.OutputShape);
        PoolGeometry geometry = PoolGeometry.Of(input.Shape, _pool, _strides, _same)!;
        build.Add(Forward(geometry, input, output));
        build.PassBack(input, output, (dy, dx, accumulate) => Backward(geometry, input, output, dy, dx, accumulate));
        return output;
    }

    private protected abstract PlanStep Forward(PoolGeometry geometry, Value x, Value y);

    private protected abstract PlanStep Backward(PoolGeometry geometry, Value x, Value y, PlanBuffer dy, PlanBuffer dx, bool accumulate);
}
