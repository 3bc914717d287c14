using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TrainService.NeuralNet.Optimizers;

/// <summary>
/// One pass over weights, gradient and slots. The end of a span that fills no vector goes through padded vectors and the same instructions,
/// so that an element's result never depends on the piece it stands in.
/// </summary>
internal static class UpdateLoop
{
    internal static void Run<TRule>(TRule rule, Span<float> w, ReadOnlySpan<float> g, Span<float> s0, Span<float> s1, Span<float> s2)
        where TRule : struct, IUpdateRule
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(g.Length, w.Length);
        if (TRule.Slots > 0) ArgumentOutOfRangeException.ThrowIfNotEqual(s0.Length, w.Length);
        if (TRule.Slots > 1) ArgumentOutOfRangeException.ThrowIfNotEqual(s1.Length, w.Length);
        if (TRule.Slots > 2) ArgumentOutOfRangeException.ThrowIfNotEqual(s2.Length, w.Length);
        int width = Vector<float>.Count, i = 0;
        ref float weights = ref MemoryMarshal.GetReference(w), gradient = ref MemoryMarshal.GetReference(g);
        ref float a = ref MemoryMarshal.GetReference(s0), b = ref MemoryMarshal.GetReference(s1), c = ref MemoryMarshal.GetReference(s2);
        for (; i <= w.Length - width; i += width) Step(rule, ref weights, ref gradient, ref a, ref b, ref c, (nuint)i);
        if (i < w.Length) End(rule, w[i..], g[i..], Rest(s0, i), Rest(s1, i), Rest(s2, i));
    }

    /// <summary>From <paramref name="i"/> on; a slot that is not used stays empty.</summary>
    private static Span<float> Rest(Span<float> slot, int i) => slot.IsEmpty ? slot : slot[i..];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TRule>(TRule rule, ref float weights, ref float gradient, ref float a, ref float b, ref float c, nuint i)
        where TRule : struct, IUpdateRule
    {
        Vector<float> w = Vector.LoadUnsafe(ref weights, i), s0 = default, s1 = default, s2 = default;
        if (TRule.Slots > 0) s0 = Vector.LoadUnsafe(ref a, i);
        if (TRule.Slots > 1) s1 = Vector.LoadUnsafe(ref b, i);
        if (TRule.Slots > 2) s2 = Vector.LoadUnsafe(ref c, i);
        rule.Apply(ref w, Vector.LoadUnsafe(ref gradient, i), ref s0, ref s1, ref s2);
        w.StoreUnsafe(ref weights, i);
        if (TRule.Slots > 0) s0.StoreUnsafe(ref a, i);
        if (TRule.Slots > 1) s1.StoreUnsafe(ref b, i);
        if (TRule.Slots > 2) s2.StoreUnsafe(ref c, i);
    }

    private static void End<TRule>(TRule rule, Span<float> w, ReadOnlySpan<float> g, Span<float> s0, Span<float> s1, Span<float> s2)
        where TRule : struct, IUpdateRule
    {
        int width = Vector<float>.Count;
        Span<float> padded = stackalloc float[5 * width];
        padded.Clear();
        w.CopyTo(padded);
        g.CopyTo(padded[width..]);
        s0.CopyTo(padded[(2 * width)..]);
        s1.CopyTo(padded[(3 * width)..]);
        s2.CopyTo(padded[(4 * width)..]);
        ref float start = ref MemoryMarshal.GetReference(padded);
        Step(rule, ref start, ref padded[width], ref padded[2 * width], ref padded[3 * width], ref padded[4 * width], 0);
        padded[..w.Length].CopyTo(w);
        padded.Slice(2 * width, s0.Length).CopyTo(s0);
        padded.Slice(3 * width, s1.Length).CopyTo(s1);
        padded.Slice(4 * width, s2.Length).CopyTo(s2);
    }
}
