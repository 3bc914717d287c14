using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Updates;

/// <summary>Applies an update rule to all elements, as many at once as the processor's widest vectors take; the bits are the same with any.</summary>
/// <remarks>
/// What a slot keeps is flushed: a number below 1.2e-38 becomes 0. The momentum of a weight whose gradient stays 0 (a pixel that is always black) would
/// otherwise shrink to 6e-45 and stay there for good, where a division is three times slower.
/// </remarks>
internal static unsafe class UpdateLoop
{
    private const int WidestVector = 16;

    internal static void Run<TRule>(SimdPath path, TRule rule, Span<float> w, ReadOnlySpan<float> g, Span<float> s0, Span<float> s1, Span<float> s2)
        where TRule : struct, IUpdateRule
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(g.Length, w.Length);
        if (TRule.Slots > 0) ArgumentOutOfRangeException.ThrowIfNotEqual(s0.Length, w.Length);
        if (TRule.Slots > 1) ArgumentOutOfRangeException.ThrowIfNotEqual(s1.Length, w.Length);
        if (TRule.Slots > 2) ArgumentOutOfRangeException.ThrowIfNotEqual(s2.Length, w.Length);
        fixed (float* weights = w, gradient = g, a = s0, b = s1, c = s2)
        {
            switch (path)
            {
                case SimdPath.Vector512: All<TRule, Lane512, Vector512<float>>(rule, weights, gradient, a, b, c, w.Length); break;
                case SimdPath.Vector256: All<TRule, Lane256, Vector256<float>>(rule, weights, gradient, a, b, c, w.Length); break;
                case SimdPath.Vector128: All<TRule, Lane128, Vector128<float>>(rule, weights, gradient, a, b, c, w.Length); break;
                default: All<TRule, LaneScalar, float>(rule, weights, gradient, a, b, c, w.Length); break;
            }
        }
    }

    /// <summary>Whole vectors; the rest goes through vectors of its own, so that it takes the same way.</summary>
    private static void All<TRule, L, V>(TRule rule, float* w, float* g, float* s0, float* s1, float* s2, int length)
        where TRule : struct, IUpdateRule
        where L : struct, ILane<V>
        where V : unmanaged
    {
        int rest = length % L.Width, whole = length - rest;
        Whole<TRule, L, V>(rule, w, g, s0, s1, s2, whole);
        if (rest == 0) return;
        float* ends = stackalloc float[5 * WidestVector];
        new Span<float>(ends, 5 * WidestVector).Clear();
        Copy(w, ends, 0);
        Copy(g, ends, 1);
        if (TRule.Slots > 0) Copy(s0, ends, 2);
        if (TRule.Slots > 1) Copy(s1, ends, 3);
        if (TRule.Slots > 2) Copy(s2, ends, 4);
        Whole<TRule, L, V>(rule, ends, ends + WidestVector, ends + 2 * WidestVector, ends + 3 * WidestVector, ends + 4 * WidestVector, L.Width);
        CopyBack(w, ends, 0);
        if (TRule.Slots > 0) CopyBack(s0, ends, 2);
        if (TRule.Slots > 1) CopyBack(s1, ends, 3);
        if (TRule.Slots > 2) CopyBack(s2, ends, 4);

        void Copy(float* from, float* to, int row) => new Span<float>(from + whole, rest).CopyTo(new Span<float>(to + row * WidestVector, rest));

        void CopyBack(float* to, float* from, int row) => new Span<float>(from + row * WidestVector, rest).CopyTo(new Span<float>(to + whole, rest));
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Whole<TRule, L, V>(TRule rule, float* w, float* g, float* s0, float* s1, float* s2, int length)
        where TRule : struct, IUpdateRule
        where L : struct, ILane<V>
        where V : unmanaged
    {
        nint a = TRule.Slots > 0 ? (nint)(s0 - w) : 0, b = TRule.Slots > 1 ? (nint)(s1 - w) : 0, c = TRule.Slots > 2 ? (nint)(s2 - w) : 0;
        for (nint i = 0; i < length; i += L.Width) Apply<TRule, L, V>(rule, L.Load(g + i), w + i, a, b, c);
    }

    /// <summary>Updates one vector of weights.</summary>
    /// <param name="s0">Floats from a weight to its first slot; likewise the others, as far as the rule has them.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Apply<TRule, L, V>(TRule rule, V gradient, float* w, nint s0, nint s1, nint s2)
        where TRule : struct, IUpdateRule
        where L : struct, ILane<V>
        where V : unmanaged
    {
        Floats<L, V> weights = Floats<L, V>.Load(w), a = default, b = default, c = default;
        if (TRule.Slots > 0) a = Floats<L, V>.Load(w + s0);
        if (TRule.Slots > 1) b = Floats<L, V>.Load(w + s1);
        if (TRule.Slots > 2) c = Floats<L, V>.Load(w + s2);
        rule.Apply(ref weights, new Floats<L, V>(gradient), ref a, ref b, ref c);
        weights.Store(w);
        if (TRule.Slots > 0) Floats<L, V>.Flush(a).Store(w + s0);
        if (TRule.Slots > 1) Floats<L, V>.Flush(b).Store(w + s1);
        if (TRule.Slots > 2) Floats<L, V>.Flush(c).Store(w + s2);
    }
}
