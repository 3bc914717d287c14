namespace TrainService.Jobs;

/// <summary>The words for statuses and actions on the wire and in the tables.</summary>
public static class JobWords
{
    private static readonly Dictionary<string, JobStatus> Statuses =
        Enum.GetValues<JobStatus>().ToDictionary(s => s.Word(), StringComparer.Ordinal);

    /// <summary>queued, running, pausing, paused, stopping, succeeded, stopped, cancelled, failed.</summary>
    public static string Word(this JobStatus status) => status switch
    {
        JobStatus.Queued => "queued",
        JobStatus.Running => "running",
        JobStatus.Pausing => "pausing",
        JobStatus.Paused => "paused",
        JobStatus.Stopping => "stopping",
        JobStatus.Succeeded => "succeeded",
        JobStatus.Stopped => "stopped",
        JobStatus.Cancelled => "cancelled",
        JobStatus.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a job status."),
    };

    /// <summary>As in the addresses of the API: cancel, stop, pause, resume; what only a run does has its own word.</summary>
    public static string Word(this JobAction action) => action switch
    {
        JobAction.Start => "start",
        JobAction.Succeed => "succeed",
        JobAction.Fail => "fail",
        JobAction.Requeue => "requeue",
        JobAction.Cancel => "cancel",
        JobAction.RequestStop => "stop",
        JobAction.Stop => "finish_stop",
        JobAction.RequestPause => "pause",
        JobAction.Pause => "finish_pause",
        JobAction.Resume => "resume",
        JobAction.Rest => "rest",
        JobAction.Abandon => "abandon",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "Not a job action."),
    };

    public static bool TryParseStatus(string word, out JobStatus status) => Statuses.TryGetValue(word, out status);

    /// <exception cref="FormatException">Not a status.</exception>
    public static JobStatus ParseStatus(string word)
        => Statuses.TryGetValue(word, out JobStatus status) ? status : throw new FormatException($"'{word}' is not a job status.");
}
