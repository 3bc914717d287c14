namespace TrainService.Training;

/// <summary>How runs behave; the defaults are those of the service.</summary>
public sealed record RunnerOptions
{
    /// <summary>How often the full state of a running job is saved beside its training.</summary>
    public TimeSpan ResumeInterval { get; init; } = TimeSpan.FromSeconds(5);
}
