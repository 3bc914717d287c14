using TrainService.NeuralNet.Losses;
using TrainService.NeuralNet.Optimizers;

namespace TrainService.NeuralNet.Adversarial;

/// <summary>How a generator and a discriminator are trained against each other.</summary>
public sealed record AdversarialOptions
{
    /// <summary>Of real against generated, targets 1 and 0.</summary>
    public required Loss Loss { get; init; }

    /// <summary>What the discriminator puts out between the two answers: 0.5 of probabilities, 0 of logits.</summary>
    public float Middle { get; init; } = 0.5f;

    public required Optimizer GeneratorOptimizer { get; init; }

    /// <summary>
    /// Gathers gradients of an even number of batches for an update: of a real one and a generated one, which batch normalization must see apart
    /// (Radford 2015), by turns.
    /// </summary>
    public required Optimizer DiscriminatorOptimizer { get; init; }

    /// <summary>Real pictures in a batch, and generated ones beside them.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Updates of the discriminator before the generator has its turn.</summary>
    public int DiscriminatorSteps { get; init; } = 1;

    /// <summary>Updates of the generator in its turn.</summary>
    public int GeneratorSteps { get; init; } = 1;

    /// <summary>What is taken off the target of real pictures, and of those alone (Salimans 2016): 0.1 makes 0.9 of 1.</summary>
    public double LabelSmoothing { get; init; }

    public required int LatentSize { get; init; }

    public LatentDistribution Latents { get; init; }

    /// <summary>Keys latents and dropout.</summary>
    public ulong Seed { get; init; }
}
