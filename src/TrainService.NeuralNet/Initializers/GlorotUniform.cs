using TrainService.Specification;

namespace TrainService.NeuralNet.Initializers;

/// <summary>Uniform within ±√(3 · v), v = 1 / ((fan_in + fan_out) / 2).</summary>
public static class GlorotUniform
{
    public static ComponentDescriptor<Initializer> Descriptor { get; } = new("glorot_uniform", _ => Create())
    {
        KerasName = "GlorotUniform",
        Aliases = ["xavier_uniform"],
        Summary = "Uniform numbers of variance 1 / ((fan_in + fan_out) / 2).",
        Advice = "Keras's default: for tanh, sigmoid, softmax and no activation.",
        Source = "Glorot, Bengio 2010, Understanding the difficulty of training deep feedforward neural networks",
    };

    public static VarianceScaling Create() => new(1, FanMode.FanAvg, ScaledDistribution.Uniform);
}
