using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Noise;

/// <summary>In training y = x + stddev · z with z standard normal; in inference y = x.</summary>
public sealed class GaussianNoise(float deviation) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("gaussian_noise", a => new GaussianNoise(a.Single("stddev")))
    {
        KerasName = "GaussianNoise",
        Summary = "Adds normal noise to each number while training.",
        Advice = "Right behind the input it is a mild augmentation; before the bottleneck it makes an autoencoder a denoising one.",
        Source = "Keras GaussianNoise",
        Arguments = [Arg.Number("stddev", "Standard deviation of the noise.", min: 0, required: true), NoiseLayers.Seed],
    };

    public override string TypeName => "gaussian_noise";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs) => Single(inputs);

    public override Value Build(LayerBuild build)
    {
        if (deviation == 0 || !build.DropoutActive) return build.Input;
        (Value x, Value y) = NoiseLayers.Ends(build);
        build.Add(new NoiseStep<AddedNormal>(new AddedNormal(deviation), x.Buffer, y.Buffer, build.RandomStream, accumulate: false));
        build.PassBack(x, y, (dy, dx, accumulate) => new RepackStep(dy, dy.RowLength, dx, dx.RowLength, 1, dx.RowLength, accumulate));
        return y;
    }
}
