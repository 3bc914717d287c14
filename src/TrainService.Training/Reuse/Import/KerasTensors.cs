using TrainService.NeuralNet.Graph;
using TrainService.NeuralNet.Layers;

namespace TrainService.Training.Reuse.Import;

/// <summary>The tensors that Keras keeps for a layer, where they are not just the layer's own.</summary>
internal static class KerasTensors
{
    /// <summary>Beside the mean and variance of a fitted normalization: of how many rows.</summary>
    public const string Counter = "count";

    /// <summary>Roles, in Keras's order.</summary>
    public static IReadOnlyList<string> Of(NetworkLayer layer) => layer.Layer switch
    {
        // Given ones stand in the layer's arguments, not among its weights.
        IFitted { NeedsFit: false } => [],
        IFitted => [.. layer.Parameters.Select(p => p.Name), Counter],
        _ => [.. layer.Parameters.Select(p => p.Name)],
    };
}
