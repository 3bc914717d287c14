using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Plan.Steps;
using TrainService.Specification;
using TrainService.Tensors;

namespace TrainService.NeuralNet.Layers.Noise;

/// <summary>
/// In training y = a · (x where kept, α' where dropped) + b with α' = -αλ of SELU, a = ((1 - rate)(1 + rate · α'²))^-½, b = -a · α' · rate: inputs of mean
/// 0 and variance 1 keep both. In inference y = x.
/// </summary>
public sealed class AlphaDropout(double rate) : Layer
{
    /// <summary>What SELU tends to far below 0: -1.6732632423543772 · 1.0507009873554805.</summary>
    private const double Saturation = -1.6732632423543772 * 1.0507009873554805;

    public static ComponentDescriptor<Layer> Descriptor { get; } = new("alpha_dropout", a => new AlphaDropout(a.Number("rate")))
    {
        KerasName = "AlphaDropout",
        Summary = "Dropout that sets numbers to SELU's lower limit and keeps mean and variance.",
        Advice = "The dropout for self-normalizing networks (SELU, lecun_normal); 0.05 to 0.1 is enough.",
        Source = "Klambauer et al. 2017, arXiv:1706.02515",
        Arguments = [NoiseLayers.Rate, NoiseLayers.Seed],
    };

    public override string TypeName => "alpha_dropout";

    public override Shape OutputShape(IReadOnlyList<Shape> inputs) => Single(inputs);

    public override Value Build(LayerBuild build)
    {
        if (rate == 0 || !build.DropoutActive) return build.Input;
        (Value x, Value y) = NoiseLayers.Ends(build);
        double a = 1 / Math.Sqrt((1 - rate) * (1 + (rate * Saturation * Saturation))), b = -a * Saturation * rate;
        KeptOrElse forward = new(rate, (float)a, (float)b, (float)((a * Saturation) + b)), backward = new(rate, (float)a, 0, 0);
        build.Add(new NoiseStep<KeptOrElse>(forward, x.Buffer, y.Buffer, build.RandomStream, accumulate: false));
        build.PassBack(x, y, (dy, dx, accumulate) => new NoiseStep<KeptOrElse>(backward, dy, dx, build.RandomStream, accumulate));
        return y;
    }
}
