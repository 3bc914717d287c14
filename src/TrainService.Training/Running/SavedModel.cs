using TrainService.Formats;
using TrainService.Training.Checkpoints;

namespace TrainService.Training.Running;

/// <summary>One of the models that a training saves: all that is trained, or some layers of it.</summary>
/// <param name="Part">Its name among the job's models; empty for the job's result.</param>
/// <param name="Metadata">What its checkpoints say of themselves.</param>
internal sealed record SavedModel(string Part, CheckpointMetadata Metadata)
{
    /// <summary>Which layers' weights are its own, by name; null for all.</summary>
    public Func<string, bool>? Layers { get; init; }

    /// <summary>Weights of it that are not trained here.</summary>
    public IReadOnlyList<NamedArray> Fixed { get; init; } = [];

    /// <summary>Saved when the training ends, not in between.</summary>
    public bool OnlyAtEnd { get; init; }
}

/// <summary>Where a training stands among several of a job, whose epochs are numbered through.</summary>
/// <param name="Stage">From 0; null when it is the only one.</param>
/// <param name="EpochsBefore">Of the trainings before it, as many as they had.</param>
/// <param name="EpochsAfter">Of those after it, at most.</param>
internal sealed record RunPlace(int? Stage = null, int EpochsBefore = 0, int EpochsAfter = 0)
{
    public static RunPlace Only { get; } = new();
}
