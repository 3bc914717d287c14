using TrainService.Specification;

namespace TrainService.Training.Inference;

/// <summary>What became of a question to a checkpoint. Exactly one of: <see cref="Value"/>, <see cref="Errors"/>, <see cref="NotFound"/>.</summary>
public sealed record Answer<T>
    where T : class
{
    public T? Value { get; init; }

    /// <summary>What was wrong with the question.</summary>
    public IReadOnlyList<SpecError> Errors { get; init; } = [];

    /// <summary>There is no such checkpoint.</summary>
    public bool NotFound { get; init; }
}

/// <summary>One entry for each row that was sent.</summary>
/// <param name="Outputs">The network's output, dropout off.</param>
/// <param name="Classes">The most probable classes, best first; null when the network does not tell classes.</param>
public sealed record Prediction(IReadOnlyList<float[]> Outputs, IReadOnlyList<IReadOnlyList<ClassScore>>? Classes)
{
    /// <summary>Of a network with several outputs: the same numbers by the outputs' names.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, float[]>>? Named { get; init; }

    /// <summary>Over the samples, when Monte Carlo samples were asked for.</summary>
    public IReadOnlyList<float[]>? Mean { get; init; }

    /// <summary>Standard deviation over the samples (divided by their number).</summary>
    public IReadOnlyList<float[]>? Std { get; init; }

    /// <summary>By row, then by sample, when they were asked for.</summary>
    public IReadOnlyList<float[][]>? Samples { get; init; }
}

/// <param name="Index">The class's number.</param>
/// <param name="Probability">Mean over the samples, when there are any.</param>
public sealed record ClassScore(string Name, int Index, double Probability);
