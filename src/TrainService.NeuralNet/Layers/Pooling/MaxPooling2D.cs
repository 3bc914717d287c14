using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.Specification;

namespace TrainService.NeuralNet.Layers.Pooling;

/// <summary>y = the largest number of each window. Of equal ones the first, in the order of rows, gets the gradient.</summary>
/// <inheritdoc cref="Pooling2D" path="/remarks"/>
public sealed class MaxPooling2D : Pooling2D
{
    private MaxPooling2D(Arguments arguments)
        : base(arguments)
    {
    }

    public static ComponentDescriptor<Layer> Descriptor { get; } = new("max_pooling2d", a => new MaxPooling2D(a))
    {
        KerasName = "MaxPooling2D",
        Aliases = ["max_pool2d"],
        Summary = "Keeps the largest number of each window of an image.",
        Advice = "After convolutions, to halve height and width: the network gets smaller and sees further.",
        Source = "Keras MaxPooling2D",
        Arguments = PoolArguments,
    };

    public override string TypeName => "max_pooling2d";

    private protected override PlanStep Forward(PoolGeometry geometry, Value x, Value y) => new MaxPoolStep(geometry, x.ChannelStride, x.Buffer, y.Buffer);

    private protected override PlanStep Backward(PoolGeometry geometry, Value x, Value y, PlanBuffer dy, PlanBuffer dx, bool accumulate)
        => new MaxPoolGradientStep(geometry, x.ChannelStride, x.Buffer, y.Buffer, dy, dx, accumulate);
}
