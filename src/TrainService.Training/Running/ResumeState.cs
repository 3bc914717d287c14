namespace TrainService.Training.Running;

/// <summary>Where a run stands, beside its tensors. With the tensors it is all that the rest of the training depends on.</summary>
internal sealed record ResumeState
{
    /// <summary>SHA-256 of the resolved spec that it belongs to.</summary>
    public required string Spec { get; init; }

    /// <summary>Epochs finished.</summary>
    public int Epoch { get; init; }

    /// <summary>Steps done in the epoch that is going on.</summary>
    public int Step { get; init; }

    /// <summary>Batches done in all.</summary>
    public long Batches { get; init; }

    /// <summary>Those that the optimizer at work has seen.</summary>
    public long Iterations { get; init; }

    /// <summary>For each phase that has begun, the number of epochs before it; the last one is going on.</summary>
    public IReadOnlyList<int> PhaseStarts { get; init; } = [0];

    /// <summary>Seconds that all runs of the job have trained together.</summary>
    public double TrainedSeconds { get; init; }

    /// <summary>Seconds that the epoch going on has taken so far.</summary>
    public double EpochSeconds { get; init; }

    /// <summary>The last gradient norms that were gathered, of all and by layer; NaN before.</summary>
    public double[] GradientNorms { get; init; } = [];

    /// <summary>Running loss and metrics of the epoch.</summary>
    public double[] Totals { get; init; } = [];

    /// <summary>What each callback of the phase remembers, in the order of the spec.</summary>
    public IReadOnlyList<double[]> Callbacks { get; init; } = [];

    /// <summary>Epoch of this phase whose weights are remembered as the best; 0 when none are.</summary>
    public int BestEpoch { get; init; }

    /// <summary>Metrics of the last finished epoch, and of the best one, as JSON objects; empty before.</summary>
    public string Figures { get; init; } = "";

    /// <inheritdoc cref="Figures"/>
    public string BestFigures { get; init; } = "";
}
