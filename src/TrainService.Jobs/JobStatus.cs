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

    /// <summary>The worker was lost or shut down, or the failure is retried (running, pausing → queued; stopping stays a stop on restart).</summary>
    Requeue,

    /// <summary>A user ends it at once (any non-final → cancelled).</summary>
    Cancel,

    /// <summary>A user asks to finish the step, save and keep (running → stopping; queued or paused → stopped).</summary>
    RequestStop,

    /// <summary>The run has stopped and saved (stopping → stopped; running → stopped when a limit ended it).</summary>
    Stop,

    /// <summary>A user asks for a pause (running → pausing; queued → paused).</summary>
    RequestPause,

    /// <summary>The run has saved its state and freed its threads (pausing → paused).</summary>
    Pause,

    /// <summary>A user lets it go on (paused → queued; pausing → running).</summary>
    Resume,
}
