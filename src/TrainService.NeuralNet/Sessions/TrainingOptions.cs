using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Metrics;
using TrainService.NeuralNet.Optimizers;
using TrainService.NeuralNet.Plan;
using TrainService.NeuralNet.Pruning;

namespace TrainService.NeuralNet.Sessions;

/// <summary>How a network is trained.</summary>
public sealed record TrainingOptions
{
    public required Loss Loss { get; init; }

    public required Optimizer Optimizer { get; init; }

    public IReadOnlyList<Metric> Metrics { get; init; } = [];

    /// <summary>Rows of a full batch; the last batch of an epoch may have fewer.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Keys all randomness of the steps (dropout).</summary>
    public ulong Seed { get; init; }

    /// <summary>Sets small weights to zero while training; null leaves them.</summary>
    public PruningSchedule? Pruning { get; init; }

    /// <summary>Batches of the network's training before this session's count began: random numbers and pruning go on from there, while the optimizer counts anew.</summary>
    public long EarlierBatches { get; init; }

    /// <summary>
    /// Bytes for what frozen layers below all that learns give for each row, kept from epoch to epoch while inputs don't vary; null for an eighth of
    /// what the process may use, 0 to keep nothing. No number depends on it.
    /// </summary>
    public long? FeatureMemory { get; init; }

    /// <summary>Masks given from outside in place of random ones: to compare with another implementation step by step.</summary>
    public IDropoutMasks? DropoutMasks { get; init; }
}
