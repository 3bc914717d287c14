using TrainService.Specification;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Initializers;

/// <summary>Which fan the variance is divided by.</summary>
public enum FanMode
{
    FanIn,
    FanOut,
    FanAvg,
}

/// <summary>The shape of the distribution; its variance is the same for all.</summary>
public enum ScaledDistribution
{
    /// <summary>Normal, cut at two standard deviations and widened so that the variance stays.</summary>
    TruncatedNormal,
    UntruncatedNormal,
    Uniform,
}

/// <summary>
/// Mean 0, variance scale / fan. Uniform: within ±√(3 · variance). Truncated normal: σ = √variance / 0.8796…, cut at 2 σ.
/// </summary>
public sealed class VarianceScaling(double scale, FanMode mode, ScaledDistribution distribution) : Initializer
{
    // The standard deviation of a standard normal cut at ±2.
    private const double TruncatedDeviation = 0.87962566103423978;

    public static ComponentDescriptor<Initializer> Descriptor { get; } = new("variance_scaling", a => new VarianceScaling(
        a.Number("scale"),
        a.Text("mode") switch { "fan_out" => FanMode.FanOut, "fan_avg" => FanMode.FanAvg, _ => FanMode.FanIn },
        a.Text("distribution") switch
        {
            "uniform" => ScaledDistribution.Uniform,
            "untruncated_normal" => ScaledDistribution.UntruncatedNormal,
            _ => ScaledDistribution.TruncatedNormal,
        }))
    {
        KerasName = "VarianceScaling",
        Summary = "Random numbers whose variance is scale divided by the number of inputs, outputs or their mean.",
        Advice = "The general form of glorot, he and lecun; take it when you need another scale.",
        Source = "Keras VarianceScaling; He, Zhang, Ren, Sun 2015, arXiv:1502.01852",
        Arguments =
        [
            Arg.Number("scale", "The variance times the fan.", 1, min: 0, minExclusive: true),
            Arg.Choice("mode", "Which fan.", "fan_in", "fan_in", "fan_out", "fan_avg"),
            Arg.Choice("distribution", "truncated_normal (also called normal), untruncated_normal or uniform.",
                "truncated_normal", "truncated_normal", "normal", "untruncated_normal", "uniform"),
        ],
    };

    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxStream random)
    {
        Fans fans = Fans.Of(shape);
        double variance = scale / mode switch { FanMode.FanIn => fans.In, FanMode.FanOut => fans.Out, _ => fans.Average };
        switch (distribution)
        {
            case ScaledDistribution.Uniform:
                double limit = Math.Sqrt(3 * variance);
                Distributions.Uniform(values, -limit, limit, random);
                break;
            case ScaledDistribution.UntruncatedNormal:
                Distributions.Normal(values, 0, Math.Sqrt(variance), random);
                break;
            default:
                Distributions.TruncatedNormal(values, 0, Math.Sqrt(variance) / TruncatedDeviation, random);
                break;
        }
    }
}
