using TrainService.Specification;

namespace TrainService.NeuralNet.Initializers;

/// <summary>Normal cut at 2 σ, its standard deviation √v, v = 2 / fan_in.</summary>
public static class HeNormal
{
    public static ComponentDescriptor<Initializer> Descriptor { get; } = new("he_normal", _ => Create())
    {
        KerasName = "HeNormal",
        Aliases = ["kaiming_normal"],
        Summary = "Normal numbers, cut at two standard deviations, of variance 2 / fan_in.",
        Advice = "For relu and its family: leaky_relu, elu, swish, gelu.",
        Source = "He, Zhang, Ren, Sun 2015, arXiv:1502.01852",
    };

    public static VarianceScaling Create() => new(2, FanMode.FanIn, ScaledDistribution.TruncatedNormal);
}
