using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps.Images;
using TrainService.Specification;

namespace TrainService.NeuralNet.Layers.Pooling;

/// <summary>y = the mean of each window. With padding "same" only real cells count, as in Keras.</summary>
/// <inheritdoc cref="Pooling2D" path="/remarks"/>
public sealed class AveragePooling2D : Pooling2D
{
    private AveragePooling2D(Arguments arguments)
        : base(arguments)
    {
    }

    public static ComponentDescriptor<Layer> Descriptor { get; } = new("average_pooling2d", a => new AveragePooling2D(a))
    {
        KerasName = "AveragePooling2D",
        Aliases = ["avg_pool2d"],
        Summary = "Takes the mean of each window of an image.",
        Advice = "Smoother than max pooling; usual between the blocks of DenseNet and in front of a classifier.",
        Source = "Keras AveragePooling2D",
        Arguments = PoolArguments,
    };

    public override string TypeName => "average_pooling2d";

    private protected override PlanStep Forward(PoolGeometry geometry, Value x, Value y) => new AveragePoolStep(geometry, x.ChannelStride, x.Buffer, y.Buffer);

    private protected override PlanStep Backward(PoolGeometry geometry, Value x, Value y, PlanBuffer dy, PlanBuffer dx, bool accumulate)
        => new AveragePoolGradientStep(geometry, x.ChannelStride, dy, dx, accumulate);
}
