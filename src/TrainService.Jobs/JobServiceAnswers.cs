using TrainService.Jobs.Ports;

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

    /// <summary>The spec has errors: see <see cref="SubmitAnswer.Compiled"/>. Nothing is stored.</summary>
    Invalid,
}

public sealed record SubmitAnswer(SubmitStatus Status)
{
    /// <summary>With Created and Repeated.</summary>
    public JobRecord? Job { get; init; }

    /// <summary>With Created and Invalid.</summary>
    public CompiledSpec? Compiled { get; init; }
}

public enum DeleteStatus
{
    Deleted,
    NotFound,
    NotTerminal,
}

/// <param name="Checkpoints">How many checkpoints went with the job.</param>
public sealed record DeleteAnswer(DeleteStatus Status, int Checkpoints);
