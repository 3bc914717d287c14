using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TrainService.Tensors.Kernels.Lanes;

/// <summary>16 words: AVX-512.</summary>
internal readonly unsafe struct WordLane512 : IWordLane<Vector512<uint>>
{
    public static int Width => Vector512<uint>.Count;

    public static Vector512<uint> Sequence => Vector512<uint>.Indices;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Create(uint word) => Vector512.Create(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Add(Vector512<uint> a, Vector512<uint> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Xor(Vector512<uint> a, Vector512<uint> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> MultiplyWide(Vector512<uint> a, Vector512<uint> b, out Vector512<uint> high)
    {
        // The processor multiplies the even words; the odd ones are shifted into their place.
        Vector512<ulong> even = Avx512F.Multiply(a, b), odd = Avx512F.Multiply((a.AsUInt64() >> 32).AsUInt32(), b);
        high = Vector512.ConditionalSelect(Vector512.Create(0xFFFFFFFFUL), even >> 32, odd).AsUInt32();
        return a * b;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Keep(Vector512<uint> words, Vector512<uint> threshold, float scale, float* x, float* y)
        => (Vector512.GreaterThanOrEqual(words, threshold).AsSingle() & (Vector512.Load(x) * scale)).Store(y);
}
