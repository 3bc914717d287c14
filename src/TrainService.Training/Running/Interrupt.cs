namespace TrainService.Training.Running;

/// <summary>Why a run should leave off, looked at between steps.</summary>
internal enum Interrupt
{
    None,

    /// <summary>The user wants it to finish the step, save and end.</summary>
    Stop,

    /// <summary>The user wants it to save its state and free its threads.</summary>
    Pause,

    /// <summary>The process is going down: save the state, so that another run can go on.</summary>
    Shutdown,

    /// <summary>The job is not this run's any more (cancelled, deleted, or another run has it): leave everything as it is.</summary>
    Lost,
}
