namespace TrainService.Training.Running;

internal enum RunEndKind
{
    /// <summary>All epochs, or early stopping.</summary>
    Finished,

    /// <summary>A user's wish or a limit; the weights are saved.</summary>
    Stopped,

    /// <summary>A user's wish; the state is saved.</summary>
    Paused,

    /// <summary>It has come as far as it was told to; the state is saved.</summary>
    Resting,

    /// <summary>The process goes down; the state is saved.</summary>
    ShutDown,

    /// <summary>Nothing more may be written.</summary>
    Lost,
}

/// <summary>How a run came to its end.</summary>
internal sealed record RunEnd(RunEndKind Kind, string? Reason = null);

/// <summary>The job can't go on, and trying again would not help: what it asks for leads here.</summary>
internal class TrainingFailedException(string message) : Exception(message);

/// <summary>Steps with finite losses have left weights behind that are not finite.</summary>
internal sealed class NonFiniteWeightsException(string message) : TrainingFailedException(message);
