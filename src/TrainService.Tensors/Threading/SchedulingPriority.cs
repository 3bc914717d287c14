using System.Runtime.InteropServices;

namespace TrainService.Tensors.Threading;

/// <summary>
/// Lowers a compute thread's weight in the scheduler, so that a request that needs a moment of processor time gets it at once although every core
/// trains. Best effort, and for good: an unprivileged thread can't raise itself again, so only threads of one's own should call this.
/// </summary>
public static partial class SchedulingPriority
{
    /// <summary>Linux's niceness of compute threads: about a third of the weight of an ordinary one.</summary>
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
            // On Linux niceness is a thread's own, and id 0 is the calling thread. A refusal (a stricter limit already holds) changes nothing.
            _ = SetPriority(which: 0, who: 0, Niceness);
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            // No libc under that name: the thread keeps its ordinary weight.
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int niceness);
}
