using TrainService.Specification;

namespace TrainService.NeuralNet.Catalog;

public static partial class Registries
{
    /// <summary>Every registry of the engine.</summary>
    public static Vocabulary All { get; } = new([Layers, Activations, Initializers, Losses, Optimizers]);
}
