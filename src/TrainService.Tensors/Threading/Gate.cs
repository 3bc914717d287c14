using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace TrainService.Tensors.Threading;

/// <summary>
/// Waiting until a counter has reached a value: first spinning, which sees the change within a fraction of a microsecond; then yielding, for a peer
/// that shares this core; then asleep, so that a peer whose core was taken away can have this one.
/// </summary>
internal sealed class Gate(TimeSpan spin, TimeSpan yield)
{
    private readonly long _spinTicks = (long)(spin.TotalSeconds * Stopwatch.Frequency);
    private readonly long _yieldTicks = (long)(yield.TotalSeconds * Stopwatch.Frequency);
    private readonly object _lock = new();
    private int _sleepers;

    /// <summary>Call after every change of the counter that may let somebody through; the change must have been an interlocked one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Wake()
    {
        // The counter's change and a sleeper's registration are both full fences: either we see the sleeper or it sees the change.
        if (Volatile.Read(ref _sleepers) != 0) WakeSleepers();
    }

    public void WaitUntil(ref long counter, long value)
    {
        for (int i = 0; i < 64; i++)
        {
            if (Volatile.Read(ref counter) >= value) return;
            Pause();
        }

        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetTimestamp() - start < _spinTicks)
        {
            for (int i = 0; i < 16; i++)
            {
                if (Volatile.Read(ref counter) >= value) return;
                Pause();
            }
        }

        start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetTimestamp() - start < _yieldTicks)
        {
            if (Volatile.Read(ref counter) >= value) return;
            Thread.Yield();
        }

        Sleep(ref counter, value);
    }

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
