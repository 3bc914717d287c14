using System.Runtime.InteropServices;

namespace TrainService.Tensors.Memory;

/// <summary>
/// Asks Linux to back a block with 2 MB pages, so that walking through weights costs no misses of the address translation cache. Best effort:
/// where the system knows no such thing, nothing happens.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>Bytes of a huge page on x86-64 and on Arm with 4 KB pages.</summary>
    public const nuint Size = 2 << 20;

    /// <summary>Smaller blocks would waste more in rounding than they gain.</summary>
    public const long WorthFrom = 4 << 20;

    private const int AdviseHugePage = 14; // MADV_HUGEPAGE

    public static void AskFor(void* block, nuint bytes)
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = Advise(block, bytes, AdviseHugePage);
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            // No libc under that name: ordinary pages do.
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
