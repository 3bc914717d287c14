using TrainService.Specification;

namespace TrainService.NeuralNet.Initializers;

/// <summary>Uniform within ±√(3 · v), v = 1 / fan_in.</summary>
public static class LecunUniform
{
    public static ComponentDescriptor<Initializer> Descriptor { get; } = new("lecun_uniform", _ => Create())
    {
        KerasName = "LecunUniform",
        // As TensorFlow.js calls the class.
        Aliases = ["LeCunUniform"],
        Summary = "Uniform numbers of variance 1 / fan_in.",
        Advice = "For selu (the normal one), and for tanh.",
        Source = "LeCun, Bottou, Orr, Müller 1998, Efficient BackProp",
    };

    public static VarianceScaling Create() => new(1, FanMode.FanIn, ScaledDistribution.Uniform);
}
