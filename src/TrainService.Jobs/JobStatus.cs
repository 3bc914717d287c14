namespace TrainService.Jobs;

/// <summary>Where a job stands. The last four are final.</summary>
public enum JobStatus
{
    Queued,
    Running,
    Pausing,
    Paused,
    Stopping,
    Succeeded,
    Stopped,
    Cancelled,
    Failed,
}

/// <summary>What can be done to a job: the rows of the table of legal moves.</summary>
public enum JobAction
{
    /// <summary>A worker takes it up (queued → running); gives the run its token and counts the attempt.</summary>
    Start,

    /// <summary>The run reached its end (running, pausing or stopping → succeeded).</summary>
    Succeed,

    /// <summary>The run cannot go on (→ failed).</summary>
    Fail,

    /// <summary>
    /// The worker was lost or shut down, or the failure is retried (running → queued; a user's wish stands: pausing → paused,
    /// stopping → stopped). With an error it counts as a failed run; a clean shutdown brings none.
    /// </summary>
    Requeue,

    /// <summary>A user ends it at once (any non-final → cancelled).</summary>
    Cancel,

    /// <summary>A user asks to finish the step, save and keep (running, pausing → stopping; queued or paused → stopped).</summary>
    RequestStop,

    /// <summary>The run has stopped and saved (stopping → stopped; running, pausing → stopped when a limit ended it).</summary>
    Stop,

    /// <summary>A user asks for a pause (running → pausing; queued → paused).</summary>
    RequestPause,

    /// <summary>The run has saved its state and frees its threads (pausing → paused). Illegal when the user resumed meanwhile: go on then.</summary>
    Pause,

    /// <summary>A user lets it go on (paused → queued; pausing → running).</summary>
    Resume,

    /// <summary>The run has come as far as it was told to (running, pausing → paused), and saved its state: a sweep decides whether it goes on.</summary>
    Rest,

    /// <summary>What it waited for will never be (queued or paused → failed).</summary>
    Abandon,
}
