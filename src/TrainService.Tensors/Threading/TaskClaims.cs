namespace TrainService.Tensors.Threading;

/// <summary>
/// Which tasks of a rank's range have been taken, in one word: the phase's number above, how many of its tasks are taken below. A word of an earlier
/// phase means none, so nobody has to clear it.
/// </summary>
internal static class TaskClaims
{
    /// <summary>Bits of the number of tasks: a million a rank and phase. The 43 above last for a year of a million phases a second.</summary>
    private const int CountBits = 20;

    public const int MostTasks = (1 << CountBits) - 1;

    /// <summary>Takes the next of a range of <paramref name="count"/> tasks; -1 when none is left or the phase is over.</summary>
    public static int Next(ref long claims, long phase, int count)
    {
        if (count == 0) return -1;
        long seen = Volatile.Read(ref claims);
        while (true)
        {
            long seenPhase = seen >> CountBits;
            int taken = seenPhase == phase ? (int)seen & MostTasks : 0;
            if (seenPhase > phase || taken == count) return -1;
            long now = Interlocked.CompareExchange(ref claims, (phase << CountBits) + taken + 1, seen);
            if (now == seen) return taken;
            seen = now;
        }
    }
}
