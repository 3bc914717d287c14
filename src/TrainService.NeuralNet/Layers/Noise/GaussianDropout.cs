using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Noise;

/// <summary>In training y = x · (1 + √(rate / (1 - rate)) · z) with z standard normal; in inference y = x.</summary>
public sealed class GaussianDropout(double rate) : Layer
{
    public static ComponentDescriptor<Layer> Descriptor { get; } = new("gaussian_dropout", a => new GaussianDropout(a.Number("rate")))
    {
        KerasName = "GaussianDropout",
        Summary = "Multiplies each number by normal noise around 1, with the variance that dropout of the same rate has.",
        Advice = "A smooth form of dropout; the same rates serve.",
        Source = "Srivastava et al. 2014, JMLR 15, section 10",
        Arguments = [NoiseLayers.Rate, NoiseLayers.Seed],
    };

    public override string TypeName => "gaussian_dropout";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs) => Single(inputs);

    public override Value Build(LayerBuild build)
    {
        if (rate == 0 || !build.DropoutActive) return build.Input;
        (Value x, Value y) = NoiseLayers.Ends(build);
        NormalFactor noise = new((float)Math.Sqrt(rate / (1 - rate)));
        build.Add(new NoiseStep<NormalFactor>(noise, x.Buffer, y.Buffer, build.RandomStream, accumulate: false));
        build.PassBack(x, y, (dy, dx, accumulate) => new NoiseStep<NormalFactor>(noise, dy, dx, build.RandomStream, accumulate));
        return y;
    }
}
