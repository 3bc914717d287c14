using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace TrainService.Tensors.Memory;

/// <summary>Asks the processor to have memory ready that is about to be read. A hint: it changes no result, and any address is allowed.</summary>
public static unsafe class CacheHint
{
    private const int Line = 64;

    /// <summary>Bytes from which on the processor has seen by itself where reading goes.</summary>
    private const int Most = 2048;

    /// <summary>The beginning of the block, as much as is worth it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(ReadOnlySpan<byte> block)
    {
        if (!Sse.IsSupported) return;
        // Not pinned: should the collector move the block just now, a hint is lost.
        byte* start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(block));
        int length = Math.Min(block.Length, Most);
        for (int i = 0; i < length; i += Line) Sse.Prefetch0(start + i);
    }
}
