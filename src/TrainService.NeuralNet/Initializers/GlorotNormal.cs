using TrainService.Specification;

namespace TrainService.NeuralNet.Initializers;

/// <summary>Normal cut at 2 σ, its standard deviation √v, v = 1 / ((fan_in + fan_out) / 2).</summary>
public static class GlorotNormal
{
    public static ComponentDescriptor<Initializer> Descriptor { get; } = new("glorot_normal", _ => Create())
    {
        KerasName = "GlorotNormal",
        Aliases = ["xavier_normal"],
        Summary = "Normal numbers, cut at two standard deviations, of variance 1 / ((fan_in + fan_out) / 2).",
        Advice = "Keras's default: for tanh, sigmoid, softmax and no activation.",
        Source = "Glorot, Bengio 2010, Understanding the difficulty of training deep feedforward neural networks",
    };

    public static VarianceScaling Create() => new(1, FanMode.FanAvg, ScaledDistribution.TruncatedNormal);
}
