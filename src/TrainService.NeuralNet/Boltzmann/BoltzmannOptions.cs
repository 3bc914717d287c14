using TrainService.NeuralNet.Optimizers;

namespace TrainService.NeuralNet.Boltzmann;

/// <summary>What the visible units of a restricted Boltzmann machine are.</summary>
public enum VisibleUnits
{
    /// <summary>0 or 1, with p(v=1) = σ(h·Wᵀ + a). Numbers between are taken for probabilities.</summary>
    Binary,

    /// <summary>Any number, normal around h·Wᵀ + a with variance 1: for standardized data.</summary>
    Gaussian,
}

/// <summary>How a restricted Boltzmann machine is trained: Hinton 2010, "A practical guide to training restricted Boltzmann machines".</summary>
public sealed record BoltzmannOptions
{
    public VisibleUnits Visible { get; init; }

    /// <summary>k of contrastive divergence: rounds of Gibbs sampling for the negative statistics.</summary>
    public int GibbsSteps { get; init; } = 1;

    /// <summary>The chains go on from step to step instead of beginning at the data (Tieleman 2008).</summary>
    public bool Persistent { get; init; }

    /// <summary>Visible units are drawn; otherwise they take their means, which are less noisy.</summary>
    public bool SampleVisible { get; init; }

    /// <summary>Mean activity that hidden units are drawn to.</summary>
    public double SparsityTarget { get; init; } = 0.1;

    /// <summary>How strongly; 0 for not at all.</summary>
    public double SparsityCost { get; init; }

    /// <summary>What a unit's mean activity keeps of itself in a step.</summary>
    public double SparsityDecay { get; init; } = 0.9;

    public required Optimizer Optimizer { get; init; }

    public required int BatchSize { get; init; }

    /// <summary>Keys all sampling.</summary>
    public ulong Seed { get; init; }

    /// <summary>Which machine of a stack.</summary>
    public uint Stream { get; init; }
}
