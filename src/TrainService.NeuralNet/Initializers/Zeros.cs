using TrainService.Specification;

namespace TrainService.NeuralNet.Initializers;

/// <summary>Every element 0.</summary>
public static class Zeros
{
    public static ComponentDescriptor<Initializer> Descriptor { get; } = new("zeros", _ => new Constant(0f))
    {
        KerasName = "Zeros",
        Aliases = ["zero"],
        Summary = "Every element 0.",
        Advice = "For biases. Never for kernels: all units would stay alike.",
        Source = "Keras Zeros",
    };
}
