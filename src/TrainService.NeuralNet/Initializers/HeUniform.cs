using TrainService.Specification;

namespace TrainService.NeuralNet.Initializers;

/// <summary>Uniform within ±√(3 · v), v = 2 / fan_in.</summary>
public static class HeUniform
{
    public static ComponentDescriptor<Initializer> Descriptor { get; } = new("he_uniform", _ => Create())
    {
        KerasName = "HeUniform",
        Aliases = ["kaiming_uniform"],
        Summary = "Uniform numbers of variance 2 / fan_in.",
        Advice = "For relu and its family: leaky_relu, elu, swish, gelu.",
        Source = "He, Zhang, Ren, Sun 2015, arXiv:1502.01852",
    };

    public static VarianceScaling Create() => new(2, FanMode.FanIn, ScaledDistribution.Uniform);
}
