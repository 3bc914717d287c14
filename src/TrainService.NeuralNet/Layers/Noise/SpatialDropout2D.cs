using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Noise;

/// <summary>Dropout of whole channels of an image: in training each is kept with probability 1 - rate and divided by it.</summary>
public sealed class SpatialDropout2D(float rate) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("spatial_dropout2d", a => new SpatialDropout2D(a.Single("rate")))
    {
        KerasName = "SpatialDropout2D",
        Aliases = ["spatial_dropout"],
        Summary = "Drops whole feature maps while training, and scales up the others.",
        Advice = "Between convolutions, where neighbouring pixels say the same and plain dropout does little.",
        Source = "Tompson et al. 2014, arXiv:1411.4280",
        Arguments = [NoiseLayers.Rate, NoiseLayers.Seed],
    };

    public override string TypeName => "spatial_dropout2d";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        Shape image = Single(inputs);
        return image.Rank == 3 ? image : throw new LayerShapeException($"takes images [height, width, channels], got {image}.");
    }

    public override Value Build(LayerBuild build)
    {
        if (rate == 0 || !build.DropoutActive) return build.Input;
        Value x = build.Spaced(build.Input), y = x with { Buffer = build.NewBuffer("output", x.Buffer.RowLength) };
        build.Add(new ChannelDropoutStep(x.Buffer, y.Buffer, x, rate, build.RandomStream, accumulate: false));
        build.PassBack(x, y, (dy, dx, accumulate) => new ChannelDropoutStep(dy, dx, x, rate, build.RandomStream, accumulate));
        return y;
    }
}
