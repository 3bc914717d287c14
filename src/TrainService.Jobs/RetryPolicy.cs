namespace TrainService.Jobs;

/// <summary>Whether and when a failed run is tried again: trying again helps against a full disk, never against a wrong spec or a bug.</summary>
public sealed record RetryPolicy
{
    /// <summary>After the first failure; doubles with each further one.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A job whose process ended so often in a row while it ran, with nothing saved in between, is taken for the cause.</summary>
    public int MostLosses { get; init; } = 3;

    /// <summary>How long to wait before the next attempt; null to give up.</summary>
    /// <param name="errorClass">One of <see cref="ErrorClass"/>.</param>
    /// <param name="failures">In a row, this one included: 1 or more.</param>
    /// <param name="maxAttempts">The job's <c>retry.max_attempts</c>.</param>
    public TimeSpan? DelayAfter(string errorClass, int failures, int maxAttempts)
    {
        if (errorClass is not (ErrorClass.Resource or ErrorClass.Infrastructure) || failures >= maxAttempts)
            return null;
        double doubled = FirstDelay.TotalSeconds * Math.Pow(2, failures - 1);
        return TimeSpan.FromSeconds(Math.Min(doubled, LongestDelay.TotalSeconds));
    }
}
