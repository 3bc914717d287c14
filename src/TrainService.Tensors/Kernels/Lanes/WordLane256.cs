using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TrainService.Tensors.Kernels.Lanes;

/// <summary>8 words: AVX2.</summary>
internal readonly unsafe struct WordLane256 : IWordLane<Vector256<uint>>
{
    public static int Width => Vector256<uint>.Count;

    public static Vector256<uint> Sequence => Vector256<uint>.Indices;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Create(uint word) => Vector256.Create(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Add(Vector256<uint> a, Vector256<uint> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Xor(Vector256<uint> a, Vector256<uint> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> MultiplyWide(Vector256<uint> a, Vector256<uint> b, out Vector256<uint> high)
    {
        // The processor multiplies the even words; the odd ones are shifted into their place.
        Vector256<ulong> even = Avx2.Multiply(a, b), odd = Avx2.Multiply((a.AsUInt64() >> 32).AsUInt32(), b);
        high = Vector256.ConditionalSelect(Vector256.Create(0xFFFFFFFFUL), even >> 32, odd).AsUInt32();
        return a * b;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Keep(Vector256<uint> words, Vector256<uint> threshold, float scale, float* x, float* y)
        => (Vector256.GreaterThanOrEqual(words, threshold).AsSingle() & (Vector256.Load(x) * scale)).Store(y);
}
