using TrainService.Specification;

namespace TrainService.NeuralNet.Initializers;

/// <summary>Normal cut at 2 σ, its standard deviation √v, v = 1 / fan_in.</summary>
public static class LecunNormal
{
    public static ComponentDescriptor<Initializer> Descriptor { get; } = new("lecun_normal", _ => Create())
    {
        KerasName = "LecunNormal",
        // As TensorFlow.js calls the class.
        Aliases = ["LeCunNormal"],
        Summary = "Normal numbers, cut at two standard deviations, of variance 1 / fan_in.",
        Advice = "For selu (the normal one), and for tanh.",
        Source = "LeCun, Bottou, Orr, Müller 1998, Efficient BackProp",
    };

    public static VarianceScaling Create() => new(1, FanMode.FanIn, ScaledDistribution.TruncatedNormal);
}
