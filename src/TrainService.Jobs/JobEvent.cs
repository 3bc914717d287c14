namespace TrainService.Jobs;

/// <summary>One entry of a job's numbered, gapless, durable log.</summary>
/// <param name="Seq">1, 2, 3 … within the job.</param>
/// <param name="Type">status, progress, epoch, checkpoint, warning or log.</param>
/// <param name="DataJson">A JSON object.</param>
public sealed record JobEvent(long Seq, DateTimeOffset At, string Type, string DataJson)
{
    /// <summary>The type of the event that every change of status leaves: <c>{"status", "attempt", "reason"?, "error"?, "not_before"?}</c>.</summary>
    public const string Status = "status";
}

/// <summary>An event before the log has numbered it.</summary>
/// <param name="Key">
/// Optional, unique within the job: an event whose key is in the log already is dropped. A run that resumes a little before the point
/// where the last one was lost says things again ("epoch:3"); the log keeps them once.
/// </param>
public sealed record NewJobEvent(string Type, string DataJson, string? Key = null);
