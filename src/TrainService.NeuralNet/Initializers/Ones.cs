using TrainService.Specification;

namespace TrainService.NeuralNet.Initializers;

/// <summary>Every element 1.</summary>
public static class Ones
{
    public static ComponentDescriptor<Initializer> Descriptor { get; } = new("ones", _ => new Constant(1f))
    {
        KerasName = "Ones",
        Aliases = ["one"],
        Summary = "Every element 1.",
        Advice = "For scales, such as batch normalization's gamma.",
        Source = "Keras Ones",
    };
}
