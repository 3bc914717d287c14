namespace TrainService.Jobs;

/// <summary>One entry of a job's numbered, gapless, durable log.</summary>
/// <param name="Seq">1, 2, 3 … within the job.</param>
/// <param name="Type">status, progress, epoch, checkpoint, warning or log.</param>
/// <param name="DataJson">A JSON object.</param>
public sealed record JobEvent(long Seq, DateTimeOffset At, string Type, string DataJson);

/// <summary>An event before the log has numbered it.</summary>
public sealed record NewJobEvent(string Type, string DataJson);
