using TrainService.Specification;

namespace TrainService.Jobs.Specs.Kinds;

/// <summary>What a job of one kind takes: the word for it, its own object, and which members of a job it needs or has no use for.</summary>
/// <param name="Name">The value of <c>kind</c>; the kind's own object stands in the job under the same name.</param>
/// <param name="Summary">What it does: the rest of the sentence "name: …".</param>
public sealed record JobKindSpec(string Name, string Summary)
{
    /// <summary>What may stand in its own object; none when it has no object.</summary>
    public IReadOnlyList<ArgumentSpec> Arguments { get; init; } = [];

    /// <summary>What its own object is for, where that is not the summary.</summary>
    public string? ObjectDescription { get; init; }

    /// <summary>Jobs of other kinds may have its object too, and it is for somebody else to say when that makes no sense.</summary>
    public bool SharesObject { get; init; }

    /// <summary>Members of a job that must be given.</summary>
    public IReadOnlyList<string> Needs { get; init; } = ["dataset", "model", "loss"];

    /// <summary>Members of a job that mean nothing to it: giving one is an error, and none has a default.</summary>
    public IReadOnlyList<string> Refuses { get; init; } = [];

    /// <summary>Epochs when the job names none; null for those of a training.</summary>
    public long? Epochs { get; init; }

    /// <summary>A job that names no optimizer gets this one, as it would be written in the job; null for that of a training, with its schedule.</summary>
    public string? Optimizer { get; init; }
}
