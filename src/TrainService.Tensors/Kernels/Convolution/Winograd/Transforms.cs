using System.Runtime.CompilerServices;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels.Convolution.Winograd;

/// <summary>Bᵀ: what six pixels are at the points 0, 1, -1, 2, -2, ∞.</summary>
internal readonly unsafe struct InputTransform : ITransform
{
    public static int From => 6;

    public static int To => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line<L, V>(float* source, nint step, float* target, nint targetStep)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V d0 = L.Load(source), d1 = L.Load(source + step), d2 = L.Load(source + 2 * step);
        V d3 = L.Load(source + 3 * step), d4 = L.Load(source + 4 * step), d5 = L.Load(source + 5 * step);
        V four = L.Create(4), minusFour = L.Create(-4), minusFive = L.Create(-5), two = L.Create(2), minusTwo = L.Create(-2);
        V even = L.MultiplyAdd(minusFour, d2, d4), odd = L.MultiplyAdd(minusFour, d1, d3);
        V evens = L.Subtract(d4, d2), odds = L.Subtract(d3, d1);
        L.Store(L.MultiplyAdd(four, d0, L.MultiplyAdd(minusFive, d2, d4)), target);
        L.Store(L.Add(even, odd), target + targetStep);
        L.Store(L.Subtract(even, odd), target + 2 * targetStep);
        L.Store(L.MultiplyAdd(two, odds, evens), target + 3 * targetStep);
        L.Store(L.MultiplyAdd(minusTwo, odds, evens), target + 4 * targetStep);
        L.Store(L.MultiplyAdd(four, d1, L.MultiplyAdd(minusFive, d3, d5)), target + 5 * targetStep);
    }
}

/// <summary>G: a kernel's three taps at the points.</summary>
internal readonly unsafe struct KernelTransform : ITransform
{
    public static int From => 3;

    public static int To => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line<L, V>(float* source, nint step, float* target, nint targetStep)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V g0 = L.Load(source), g1 = L.Load(source + step), g2 = L.Load(source + 2 * step);
        V sixth = L.Create(1f / 6), sum = L.Multiply(L.Add(g0, g2), L.Create(-1f / 6)), middle = L.Multiply(g1, sixth);
        V outer = L.MultiplyAdd(g2, sixth, L.Multiply(g0, L.Create(1f / 24))), half = L.Multiply(g1, L.Create(1f / 12));
        L.Store(L.Multiply(g0, L.Create(0.25f)), target);
        L.Store(L.Subtract(sum, middle), target + targetStep);
        L.Store(L.Add(sum, middle), target + 2 * targetStep);
        L.Store(L.Add(outer, half), target + 3 * targetStep);
        L.Store(L.Subtract(outer, half), target + 4 * targetStep);
        L.Store(g2, target + 5 * targetStep);
    }
}

/// <summary>Aᵀ: from the products at the points to four outputs.</summary>
internal readonly unsafe struct OutputTransform : ITransform
{
    public static int From => 6;

    public static int To => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line<L, V>(float* source, nint step, float* target, nint targetStep)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V m0 = L.Load(source), m1 = L.Load(source + step), m2 = L.Load(source + 2 * step);
        V m3 = L.Load(source + 3 * step), m4 = L.Load(source + 4 * step), m5 = L.Load(source + 5 * step);
        V sumOfOnes = L.Add(m1, m2), ones = L.Subtract(m1, m2), sumOfTwos = L.Add(m3, m4), twos = L.Subtract(m3, m4);
        L.Store(L.Add(m0, L.Add(sumOfOnes, sumOfTwos)), target);
        L.Store(L.MultiplyAdd(L.Create(2), twos, ones), target + targetStep);
        L.Store(L.MultiplyAdd(L.Create(4), sumOfTwos, sumOfOnes), target + 2 * targetStep);
        L.Store(L.Add(L.MultiplyAdd(L.Create(8), twos, ones), m5), target + 3 * targetStep);
    }
}

/// <summary>A: the gradients of four outputs at the points.</summary>
internal readonly unsafe struct GradientTransform : ITransform
{
    public static int From => 4;

    public static int To => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line<L, V>(float* source, nint step, float* target, nint targetStep)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V y0 = L.Load(source), y1 = L.Load(source + step), y2 = L.Load(source + 2 * step), y3 = L.Load(source + 3 * step);
        V four = L.Create(4), even = L.Add(y0, y2), odd = L.Add(y1, y3), evens = L.MultiplyAdd(four, y2, y0), odds = L.MultiplyAdd(four, y3, y1);
        L.Store(y0, target);
        L.Store(L.Add(even, odd), target + targetStep);
        L.Store(L.Subtract(even, odd), target + 2 * targetStep);
        L.Store(L.MultiplyAdd(L.Create(2), odds, evens), target + 3 * targetStep);
        L.Store(L.MultiplyAdd(L.Create(-2), odds, evens), target + 4 * targetStep);
        L.Store(y3, target + 5 * targetStep);
    }
}

/// <summary>Gᵀ: from the gradients at the points to those of three taps.</summary>
internal readonly unsafe struct KernelGradientTransform : ITransform
{
    public static int From => 6;

    public static int To => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line<L, V>(float* source, nint step, float* target, nint targetStep)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        V m0 = L.Load(source), m1 = L.Load(source + step), m2 = L.Load(source + 2 * step);
        V m3 = L.Load(source + 3 * step), m4 = L.Load(source + 4 * step), m5 = L.Load(source + 5 * step);
        V sixth = L.Create(1f / 6), minusSixth = L.Create(-1f / 6);
        V sumOfOnes = L.Add(m1, m2), ones = L.Subtract(m2, m1), sumOfTwos = L.Add(m3, m4), twos = L.Subtract(m3, m4);
        V outer = L.MultiplyAdd(m0, L.Create(0.25f), L.Multiply(sumOfTwos, L.Create(1f / 24)));
        L.Store(L.MultiplyAdd(sumOfOnes, minusSixth, outer), target);
        L.Store(L.MultiplyAdd(ones, sixth, L.Multiply(twos, L.Create(1f / 12))), target + targetStep);
        L.Store(L.Add(L.Multiply(L.Subtract(sumOfTwos, sumOfOnes), sixth), m5), target + 2 * targetStep);
    }
}
