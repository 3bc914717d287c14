using TrainService.Jobs.Ports;
using TrainService.Specification;

namespace TrainService.Jobs;

public enum SubmitStatus
{
    Created,

    /// <summary>Same key, same body: the job that it made the first time.</summary>
    Repeated,

    /// <summary>Same key, another body.</summary>
    KeyReused,

    /// <summary>The first request under this key has not been answered yet.</summary>
    InFlight,

    /// <summary>Who sends it has as many unfinished jobs as it may have.</summary>
    OverQuota,

    /// <summary>The spec has errors: see <see cref="SubmitAnswer.Errors"/>. Nothing is stored.</summary>
    Invalid,

    /// <summary>A fork of a job that is not there.</summary>
    NotFound,

    /// <summary>A fork of a job that has no checkpoint yet.</summary>
    NoCheckpoint,
}

/// <summary>Who sends a job.</summary>
/// <param name="Owner">The API key's id; null without keys.</param>
/// <param name="MostUnfinished">How many unfinished jobs it may have; null for any number.</param>
/// <param name="TraceParent">W3C traceparent of the request.</param>
public sealed record Submitter(string? Owner = null, int? MostUnfinished = null, string? TraceParent = null);

public sealed record SubmitAnswer(SubmitStatus Status)
{
    /// <summary>With Created and Repeated: the first one of a chain.</summary>
    public JobRecord? Job { get; init; }

    /// <summary>With Created and Repeated: all that were sent together.</summary>
    public IReadOnlyList<JobRecord> Jobs { get; init; } = [];

    /// <summary>With Invalid.</summary>
    public IReadOnlyList<SpecError> Errors { get; init; } = [];
}

public enum DeleteStatus
{
    Deleted,
    NotFound,
    NotTerminal,

    /// <summary>It is a trial of a sweep that is not over.</summary>
    NeededBySweep,

    /// <summary>A checkpoint of it is pinned, or needed by another job: see <see cref="DeleteAnswer.Checkpoints"/>.</summary>
    CheckpointsStay,
}

/// <param name="Events">How many events went with the job.</param>
/// <param name="Checkpoints">The checkpoints that went with it, or why none did.</param>
public sealed record DeleteAnswer(DeleteStatus Status, long Events = 0, CheckpointDeletion? Checkpoints = null);
