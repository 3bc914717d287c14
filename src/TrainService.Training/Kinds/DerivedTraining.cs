using TrainService.Data.Requests;
using TrainService.Specification;

namespace TrainService.Training.Kinds;

/// <summary>An ordinary training that a job of some kind comes to.</summary>
/// <param name="Job">With a plain model and loss, as a job of kind train would have them. Components that stand elsewhere in the client's job say so by their
/// <see cref="ComponentValue.Place"/>.</param>
/// <param name="Described">The data that it learns from, targets included.</param>
internal sealed record DerivedTraining(Arguments Job, DescribedData Described)
{
    /// <summary>Members of the job as it is stored, where they are not those of <see cref="Job"/>: what the client reads, and what deriving begins with when the job runs.</summary>
    public IReadOnlyDictionary<string, object?> Stored { get; init; } = new Dictionary<string, object?>();

    /// <summary>
    /// What a job that goes on from this one can start from ("from_checkpoint": "parent", "parent:discriminator"): "final", and its parts by their names. None
    /// where the one thing left is the model of <see cref="Job"/>.
    /// </summary>
    public IReadOnlyList<(string Which, ComponentValue Model, IReadOnlyList<int> InputShape)> Leaves { get; init; } = [];

    /// <summary>Advice about what was derived.</summary>
    public IReadOnlyList<SpecWarning> Warnings { get; init; } = [];

    /// <summary>Trainings that follow, each over what those before it have learned to make of the rows.</summary>
    public IReadOnlyList<DerivedTraining> Later { get; init; } = [];

    /// <summary>The rows of <see cref="Described"/>, of the dataset's own.</summary>
    public Func<PreparedData, PreparedData> Rows { get; init; } = rows => rows;
}
