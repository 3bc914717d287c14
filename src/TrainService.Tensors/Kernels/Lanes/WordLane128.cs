using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace TrainService.Tensors.Kernels.Lanes;

/// <summary>4 words: Arm's AdvSimd, or x86.</summary>
internal readonly unsafe struct WordLane128 : IWordLane<Vector128<uint>>
{
    public static int Width => Vector128<uint>.Count;

    public static Vector128<uint> Sequence => Vector128<uint>.Indices;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Create(uint word) => Vector128.Create(word);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Add(Vector128<uint> a, Vector128<uint> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Xor(Vector128<uint> a, Vector128<uint> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> MultiplyWide(Vector128<uint> a, Vector128<uint> b, out Vector128<uint> high)
    {
        if (AdvSimd.Arm64.IsSupported)
        {
            Vector128<uint> low = AdvSimd.MultiplyWideningLower(a.GetLower(), b.GetLower()).AsUInt32();
            high = AdvSimd.Arm64.UnzipOdd(low, AdvSimd.MultiplyWideningUpper(a, b).AsUInt32());
            return a * b;
        }

        // The processor multiplies the even words; the odd ones are shifted into their place.
        Vector128<ulong> even = Sse2.Multiply(a, b), odd = Sse2.Multiply((a.AsUInt64() >> 32).AsUInt32(), b);
        high = Vector128.ConditionalSelect(Vector128.Create(0xFFFFFFFFUL), even >> 32, odd).AsUInt32();
        return a * b;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Keep(Vector128<uint> words, Vector128<uint> threshold, float scale, float* x, float* y)
        => (Vector128.GreaterThanOrEqual(words, threshold).AsSingle() & (Vector128.Load(x) * scale)).Store(y);
}
