using System.Runtime.InteropServices;

namespace TrainService.Tensors.Threading;

/// <summary>
/// Lowers a compute thread's weight in the scheduler, so that a request that needs a moment of processor time gets it at once although every core
/// trains. Best effort, and for good: an unprivileged thread can't raise itself again, so only threads of one's own should call this.
/// </summary>
public static partial class SchedulingPriority
{
    /// <summary>How much nicer than the process a compute thread is on Linux: that gives it about a third of the weight.</summary>
    public const int Niceness = 5;

    public static void LowerCurrentThread()
    {
        if (!OperatingSystem.IsLinux())
        {
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
            return;
        }

        try
        {
            // On Linux niceness is a thread's own: the process's id means its first thread, and 0 the calling one. Calling twice changes nothing more.
            int process = GetPriority(which: 0, (uint)Environment.ProcessId);
            _ = SetPriority(which: 0, who: 0, Math.Min(process + Niceness, 19));
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            // No libc under that name: the thread keeps its ordinary weight.
        }
    }

    [LibraryImport("libc", EntryPoint = "getpriority")]
    private static partial int GetPriority(int which, uint who);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int niceness);
}
