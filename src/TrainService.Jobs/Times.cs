namespace TrainService.Jobs;

/// <summary>Times are kept in whole milliseconds, UTC, so that what was returned equals what is read back.</summary>
public static class Times
{
    public static DateTimeOffset Truncate(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    public static DateTimeOffset Now(this TimeProvider time) => Truncate(time.GetUtcNow());
}
