using TrainService.NeuralNet.Layers.Images;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Noise;

/// <summary>Dropout of whole channels of an image or a sequence: in training each is kept with probability 1 - rate and divided by it.</summary>
public sealed class ChannelDropout(float rate, bool line) : Layer
{
    public static IReadOnlyList<ComponentDescriptor<Layer>> Descriptors { get; } = [Describe(false), Describe(true)];

    public override string TypeName => Lines.Name("spatial_dropout", line);

    public override Shape OutputShape(IReadOnlyList<Shape> inputs)
    {
        _ = Lines.AsImage(Single(inputs), line);
        return inputs[0];
    }

    public override Value Build(LayerBuild build)
    {
        if (rate == 0 || !build.DropoutActive) return build.Input;
        Value x = build.Spaced(build.Input), y = x with { Buffer = build.NewBuffer("output", x.Buffer.RowLength) };
        build.Add(new ChannelDropoutStep(x.Buffer, y.Buffer, x, rate, build.RandomStream, accumulate: false));
        build.PassBack(x, y, (dy, dx, accumulate) => new ChannelDropoutStep(dy, dx, x, rate, build.RandomStream, accumulate));
        return y;
    }

    private static ComponentDescriptor<Layer> Describe(bool line) => new(Lines.Name("spatial_dropout", line), a => new ChannelDropout(a.Single("rate"), line))
    {
        KerasName = Lines.KerasName("SpatialDropout", line),
        Aliases = line ? [] : ["spatial_dropout"],
        Summary = line ? "Drops whole features of a sequence while training, and scales up the others." : "Drops whole feature maps while training, and scales up the others.",
        Advice = $"Between convolutions, where neighbouring {(line ? "steps" : "pixels")} say the same and plain dropout does little.",
        Source = "Tompson et al. 2014, arXiv:1411.4280",
        Arguments = [NoiseLayers.Rate, NoiseLayers.Seed, .. line ? Array.Empty<ArgumentSpec>() : [ImageShape.DataFormat]],
    };
}
