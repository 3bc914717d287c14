using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace TrainService.Tensors.Threading;

/// <summary>
/// Waiting until a counter has reached a value: first spinning, which sees the change within a fraction of a microsecond; then yielding, for a peer
/// that shares this core; then asleep, so that a peer whose core was taken away can have this one.
/// </summary>
/// <remarks>
/// How long to spin is learnt: spinning in vain halves it, success doubles it. A team whose threads must share a core, because another process has
/// taken one, thus soon yields at once instead of spinning its slices away (2 to 5 us a phase instead of 54).
/// </remarks>
internal sealed class Gate
{
    private static readonly long LongestSpin = Ticks(50e-6), ShortestSpin = Ticks(1e-6), Yielding = Ticks(50e-6);

    private readonly object _lock = new();
    private int _sleepers;
    private long _spin;

    /// <param name="crowded">More threads than cores: spinning would only delay a peer.</param>
    public Gate(bool crowded) => _spin = crowded ? ShortestSpin : LongestSpin;

    /// <summary>Call after every change of the counter that may let somebody through; the change must have been an interlocked one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Wake()
    {
        // The counter's change and a sleeper's registration are both full fences: either we see the sleeper or it sees the change.
        if (Volatile.Read(ref _sleepers) != 0) WakeSleepers();
    }

    public void WaitUntil(ref long counter, long value)
    {
        for (int i = 0; i < 32; i++)
        {
            if (Volatile.Read(ref counter) >= value) return;
            Pause();
        }

        long spin = _spin, start = Stopwatch.GetTimestamp();
        do
        {
            for (int i = 0; i < 8; i++)
            {
                if (Volatile.Read(ref counter) >= value)
                {
                    if (spin < LongestSpin) _spin = Math.Min(2 * spin, LongestSpin);
                    return;
                }

                Pause();
            }
        }
        while (Stopwatch.GetTimestamp() - start < spin);

        _spin = Math.Max(spin / 2, ShortestSpin);
        start = Stopwatch.GetTimestamp();
        do
        {
            Thread.Yield();
            if (Volatile.Read(ref counter) >= value) return;
        }
        while (Stopwatch.GetTimestamp() - start < Yielding);

        Sleep(ref counter, value);
    }

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);

    private void Sleep(ref long counter, long value)
    {
        lock (_lock)
        {
            Interlocked.Increment(ref _sleepers);
            while (Volatile.Read(ref counter) < value) Monitor.Wait(_lock);
            Interlocked.Decrement(ref _sleepers);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WakeSleepers()
    {
        lock (_lock) Monitor.PulseAll(_lock);
    }

    private static void Pause()
    {
        if (X86Base.IsSupported) X86Base.Pause();
        else if (ArmBase.IsSupported) ArmBase.Yield();
        else Thread.SpinWait(1);
    }
}
