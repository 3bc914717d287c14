using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Noise;

/// <summary>In training each number is set to 0 with probability rate, and otherwise stays as it is; in inference y = x.</summary>
/// <remarks>Any shape. Unlike dropout it scales nothing up: what stays is the data. Which numbers go depends on seed, layer, step, row and place alone.</remarks>
public sealed class MaskingNoise(double rate) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("masking_noise", a => new MaskingNoise(a.Number("rate")))
    {
        Summary = "Sets each number to 0 with probability `rate` while training, and leaves the others as they are.",
        Advice = "On the inputs of a denoising autoencoder, 0.2 to 0.5: it must learn what goes with what to fill the gaps. Within networks take dropout.",
        Source = "Vincent, Larochelle, Bengio, Manzagol 2008, Extracting and composing robust features with denoising autoencoders",
        Arguments = [NoiseLayers.Rate, NoiseLayers.Seed],
    };

    public override string TypeName => "masking_noise";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs) => Single(inputs);

    public override Value Build(LayerBuild build)
    {
        if (rate == 0 || !build.DropoutActive) return build.Input;
        (Value x, Value y) = NoiseLayers.Ends(build);
        KeptOrElse mask = new(rate, 1, 0, 0);
        build.Add(new NoiseStep<KeptOrElse>(mask, x.Buffer, y.Buffer, build.RandomStream, accumulate: false));
        build.PassBack(x, y, (dy, dx, accumulate) => new NoiseStep<KeptOrElse>(mask, dy, dx, build.RandomStream, accumulate));
        return y;
    }
}
