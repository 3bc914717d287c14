using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;
using TrainService.Tensors.Randomness;

namespace TrainService.Tensors.Kernels;

/// <summary>
/// Dropout's mask, made again whenever it is needed instead of being kept: element i of a stream is dropped or not whatever range it is asked for in.
/// </summary>
/// <remarks>
/// Element i takes word (i / 16) mod 4 of Philox block 16 · ⌊i / 64⌋ + i mod 16: sixty-four elements use the four words of sixteen blocks, in the
/// order in which a vector of sixteen blocks has them, so nothing is shuffled. An element is dropped when its word is below rate · 2³².
/// Making the mask costs about as much as reading it from memory would; hence the backward pass makes it again.
/// </remarks>
public static unsafe class PhiloxMask
{
    /// <summary>Elements that share the same blocks of words. Ranges that begin and end at multiples of it are the fastest.</summary>
    public const int GroupLength = 64;

    private const int BlocksPerGroup = 16;

    /// <summary>y[i] = x[i] / (1 - rate), or 0 where element <paramref name="start"/> + i is dropped. y may be x's memory.</summary>
    /// <param name="rate">Probability of being dropped: 0 or more, less than 1.</param>
    /// <param name="start">Index in the stream of the first element.</param>
    public static void Apply(PhiloxKey key, double rate, long start, ReadOnlySpan<float> x, Span<float> y)
        => Apply(SimdPaths.Best, key, rate, start, x, y);

    /// <summary>The word that decides about an element.</summary>
    public static uint WordOf(PhiloxKey key, long index)
    {
        (uint x0, uint x1, uint x2, uint x3) = Philox.Block(key.Key, key.High, (ulong)(index / GroupLength * BlocksPerGroup + index % BlocksPerGroup));
        return (index / BlocksPerGroup % 4) switch { 0 => x0, 1 => x1, 2 => x2, _ => x3 };
    }

    internal static void Apply(SimdPath path, PhiloxKey key, double rate, long start, ReadOnlySpan<float> x, Span<float> y)
    {
        if (!(rate >= 0 && rate < 1)) throw new ArgumentOutOfRangeException(nameof(rate), rate, "Must be 0 or more and less than 1.");
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        if (y.Length < x.Length) throw new ArgumentException($"{x.Length} results don't fit into {y.Length} places.", nameof(y));
        uint threshold = (uint)Math.Min(uint.MaxValue, Math.Round(rate * 4294967296.0));
        float scale = (float)(1 / (1 - rate));
        fixed (float* source = x, destination = y)
        {
            switch (path)
            {
                case SimdPath.Vector512: Range<WordLane512, Vector512<uint>>(key, threshold, scale, start, source, destination, x.Length); break;
                case SimdPath.Vector256: Range<WordLane256, Vector256<uint>>(key, threshold, scale, start, source, destination, x.Length); break;
                case SimdPath.Vector128: Range<WordLane128, Vector128<uint>>(key, threshold, scale, start, source, destination, x.Length); break;
                default: Range<WordLaneScalar, uint>(key, threshold, scale, start, source, destination, x.Length); break;
            }
        }
    }

    private static void Range<L, U>(PhiloxKey key, uint threshold, float scale, long start, float* x, float* y, int length)
        where L : struct, IWordLane<U>
        where U : unmanaged
    {
        float* group = stackalloc float[GroupLength];
        for (int done = 0; done < length;)
        {
            int within = (int)((start + done) % GroupLength), count = Math.Min(GroupLength - within, length - done);
            ulong block = (ulong)((start + done) / GroupLength) * BlocksPerGroup;
            if (count == GroupLength)
            {
                Group<L, U>(key, block, threshold, scale, x + done, y + done);
            }
            else
            {
                new ReadOnlySpan<float>(x + done, count).CopyTo(new Span<float>(group + within, count));
                Group<L, U>(key, block, threshold, scale, group, group);
                new ReadOnlySpan<float>(group + within, count).CopyTo(new Span<float>(y + done, count));
            }

            done += count;
        }
    }

    /// <summary>One group of 64 elements.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Group<L, U>(PhiloxKey key, ulong block, uint threshold, float scale, float* x, float* y)
        where L : struct, IWordLane<U>
        where U : unmanaged
    {
        U m0 = L.Create(0xD2511F53), m1 = L.Create(0xCD9E8D57), w0 = L.Create(0x9E3779B9), w1 = L.Create(0xBB67AE85), least = L.Create(threshold);
        for (int i = 0; i < BlocksPerGroup; i += L.Width)
        {
            // The lower half counts blocks; a group starts at a multiple of 16, so its sixteen blocks carry nothing into the upper word.
            U c0 = L.Add(L.Create((uint)block + (uint)i), L.Sequence), c1 = L.Create((uint)(block >> 32));
            U c2 = L.Create((uint)key.High), c3 = L.Create((uint)(key.High >> 32));
            U k0 = L.Create((uint)key.Key), k1 = L.Create((uint)(key.Key >> 32));
            for (int round = 0; round < 10; round++)
            {
                U low0 = L.MultiplyWide(c0, m0, out U high0), low1 = L.MultiplyWide(c2, m1, out U high1);
                c0 = L.Xor(L.Xor(high1, c1), k0);
                c1 = low1;
                c2 = L.Xor(L.Xor(high0, c3), k1);
                c3 = low0;
                k0 = L.Add(k0, w0);
                k1 = L.Add(k1, w1);
            }

            L.Keep(c0, least, scale, x + i, y + i);
            L.Keep(c1, least, scale, x + 16 + i, y + 16 + i);
            L.Keep(c2, least, scale, x + 32 + i, y + 32 + i);
            L.Keep(c3, least, scale, x + 48 + i, y + 48 + i);
        }
    }
}
