using Microsoft.Extensions.Logging;

namespace TrainService.Training;

/// <summary>What a runner writes to the log. Numbers are never reused.</summary>
internal static partial class RunnerLog
{
    [LoggerMessage(1, LogLevel.Information, "Job {Job}: attempt {Attempt} started on {Threads} threads")]
    public static partial void Started(ILogger logger, string job, int attempt, int threads);

    [LoggerMessage(2, LogLevel.Information, "Job {Job}: taken up after {Epoch} epochs and {Step} steps")]
    public static partial void Resumed(ILogger logger, string job, int epoch, int step);

    [LoggerMessage(3, LogLevel.Information, "Job {Job}: attempt {Attempt} ended with {Action}. {Reason}")]
    public static partial void Ended(ILogger logger, string job, int attempt, string action, string reason);

    [LoggerMessage(4, LogLevel.Information, "Job {Job}: is not this run's any more")]
    public static partial void Lost(ILogger logger, string job);

    [LoggerMessage(7, LogLevel.Information, "Job {Job}: attempt {Attempt} left off, the job is {Status}")]
    public static partial void EndedByUser(ILogger logger, string job, int attempt, string status);

    [LoggerMessage(5, LogLevel.Error, "Job {Job}: attempt {Attempt} failed ({Class})")]
    public static partial void Failed(ILogger logger, string job, int attempt, string @class, Exception exception);

    [LoggerMessage(6, LogLevel.Error, "Job {Job}: its failure could not be stored")]
    public static partial void CouldNotSay(ILogger logger, string job, Exception exception);

    [LoggerMessage(8, LogLevel.Error, "Job {Job}: its saved state {File} is damaged and was passed over")]
    public static partial void Damaged(ILogger logger, string job, string file);
}
