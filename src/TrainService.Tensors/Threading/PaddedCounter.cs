using System.Runtime.InteropServices;

namespace TrainService.Tensors.Threading;

/// <summary>A counter on cache lines of its own (two: processors fetch lines in pairs), so that counting on one doesn't slow its neighbour.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct PaddedCounter
{
    [FieldOffset(128)]
    public long Value;
}
