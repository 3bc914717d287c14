using TrainService.Specification;

namespace TrainService.NeuralNet.Catalog;

public static partial class Registries
{
    // Made when first asked for: initializers in several files of one class run in no order to rely on.
    private static readonly Lazy<Vocabulary> Everything = new(()
        => new Vocabulary(Layers, Activations, Initializers, Regularizers, Constraints, Losses, Metrics, Optimizers, Schedules, Callbacks, PruningSchedules));

    /// <summary>Every registry of the engine.</summary>
    public static Vocabulary All => Everything.Value;
}
