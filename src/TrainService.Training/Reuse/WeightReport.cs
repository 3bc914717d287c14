namespace TrainService.Training.Reuse;

/// <summary>What became of the tensors of a file when they were laid into a network.</summary>
public sealed record WeightReport
{
    /// <summary>Taken, in the order of the layers.</summary>
    public required IReadOnlyList<string> Loaded { get; init; }

    /// <summary>The model has them, the file has not.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>The file has them, the model has not: left aside.</summary>
    public required IReadOnlyList<string> Unexpected { get; init; }

    /// <summary>Both have them, but not alike.</summary>
    public required IReadOnlyList<ShapeMismatch> ShapeMismatch { get; init; }

    /// <summary>Of the right shape, but with NaN or infinity in them.</summary>
    public required IReadOnlyList<string> NonFinite { get; init; }

    /// <summary>For each loaded tensor what the file calls it, and what was done to its layout.</summary>
    public IReadOnlyList<TensorOrigin> Origins { get; init; } = [];

    /// <summary>Left aside on purpose, with the reason.</summary>
    public IReadOnlyList<SkippedTensor> Skipped { get; init; } = [];

    /// <summary>Every tensor of the model was taken.</summary>
    public bool Complete => Missing.Count == 0 && ShapeMismatch.Count == 0 && NonFinite.Count == 0;
}

/// <param name="Expected">What the model needs.</param>
/// <param name="Got">What the file has.</param>
public sealed record ShapeMismatch(string Name, IReadOnlyList<long> Expected, IReadOnlyList<long> Got);

/// <param name="Tensor">"layer/role" in the network.</param>
/// <param name="From">What the file calls it.</param>
/// <param name="Change">What was done to its layout; null when nothing.</param>
public sealed record TensorOrigin(string Tensor, string From, string? Change);

/// <param name="Name">What the file calls it.</param>
public sealed record SkippedTensor(string Name, string Why);
