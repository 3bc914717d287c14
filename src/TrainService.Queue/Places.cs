using TrainService.Jobs;

namespace TrainService.Queue;

/// <summary>
/// The place of a job in line, as a moment long past: a scheduler that starts what is most overdue first then keeps strict order. Bands
/// lie 300 years apart; within one, a job's own moment of creation (from its id) is its place: the millisecond, and in ticks of 100 ns the
/// counter within it.
/// </summary>
internal static class Places
{
    private static readonly DateTimeOffset High = new(1000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Middle = new(1300, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Low = new(1600, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="priority">Only its sign counts.</param>
    public static DateTimeOffset Of(string jobId, int priority)
    {
        DateTimeOffset band = Math.Sign(priority) switch { > 0 => High, 0 => Middle, < 0 => Low };

        // An id of another making has no place of its own: it comes first in its band.
        return band.AddMilliseconds(Ids.MillisecondsOf(jobId) ?? 0).AddTicks(Math.Min(Ids.CounterOf(jobId) ?? 0, TimeSpan.TicksPerMillisecond - 1));
    }
}
