using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels;

/// <summary>Bytes to floats, as images are read: y = x · scale + offset, rounded once.</summary>
internal static unsafe class ByteWidening
{
    public static void Apply(SimdPath path, ReadOnlySpan<byte> x, float scale, float offset, Span<float> y)
    {
        if (y.Length < x.Length) throw new ArgumentException($"{x.Length} results don't fit into {y.Length} places.", nameof(y));
        fixed (byte* source = x)
        fixed (float* destination = y)
        {
            int done = path switch
            {
                SimdPath.Vector512 => Whole<Lane512, Vector512<float>>(source, scale, offset, destination, x.Length),
                SimdPath.Vector256 => Whole<Lane256, Vector256<float>>(source, scale, offset, destination, x.Length),
                SimdPath.Vector128 => Whole<Lane128, Vector128<float>>(source, scale, offset, destination, x.Length),
                _ => 0,
            };
            Whole<LaneScalar, float>(source + done, scale, offset, destination + done, x.Length - done);
        }
    }

    /// <summary>How many elements were done: all but the last few that don't fill a vector.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static int Whole<L, V>(byte* x, float scale, float offset, float* y, int length)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V factor = L.Create(scale), addend = L.Create(offset);
        int i = 0;
        for (; i <= length - L.Width; i += L.Width) L.Store(L.MultiplyAdd(L.LoadBytes(x + i), factor, addend), y + i);
        return i;
    }
}
