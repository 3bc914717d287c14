using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels;

/// <summary>
/// Sums in double whose order is the same for every width of vector: sixteen sums, each of the elements whose index is the same modulo 16, and then
/// pairs of them, eight apart first.
/// </summary>
internal static unsafe class Reductions
{
    private const int Sums = 16;

    /// <summary>What is added up of an element.</summary>
    internal interface ITerm
    {
        static abstract D Of<L, D>(D x)
            where L : struct, IDoubleLane<D>
            where D : unmanaged;

        static abstract double Of(double x);
    }

    /// <summary>x itself.</summary>
    internal readonly struct Value : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static D Of<L, D>(D x)
            where L : struct, IDoubleLane<D>
            where D : unmanaged
            => x;

        public static double Of(double x) => x;
    }

    /// <summary>x², exact in double.</summary>
    internal readonly struct Square : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static D Of<L, D>(D x)
            where L : struct, IDoubleLane<D>
            where D : unmanaged
            => L.Multiply(x, x);

        public static double Of(double x) => x * x;
    }

    public static double Sum<T>(SimdPath path, ReadOnlySpan<float> x)
        where T : struct, ITerm
    {
        double* sums = stackalloc double[Sums];
        int whole = x.Length / Sums * Sums;
        new Span<double>(sums, Sums).Clear();
        fixed (float* start = x)
        {
            switch (path)
            {
                case SimdPath.Vector512: Whole<T, DoubleLane512, Vector512<double>>(start, whole, sums); break;
                case SimdPath.Vector256: Whole<T, DoubleLane256, Vector256<double>>(start, whole, sums); break;
                case SimdPath.Vector128: Whole<T, DoubleLane128, Vector128<double>>(start, whole, sums); break;
                default: whole = 0; break;
            }

            for (int i = whole; i < x.Length; i++) sums[i % Sums] += T.Of(start[i]);
        }

        for (int half = Sums / 2; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++) sums[i] += sums[i + half];
        }

        return sums[0];
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Whole<T, L, D>(float* x, int length, double* sums)
        where T : struct, ITerm
        where L : struct, IDoubleLane<D>
        where D : unmanaged
    {
        D a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (int i = 0; i < length; i += Sums)
        {
            a = L.Add(a, T.Of<L, D>(L.Load(x + i)));
            b = L.Add(b, T.Of<L, D>(L.Load(x + i + L.Width)));
            if (L.Width < 8)
            {
                c = L.Add(c, T.Of<L, D>(L.Load(x + i + 2 * L.Width)));
                d = L.Add(d, T.Of<L, D>(L.Load(x + i + 3 * L.Width)));
            }

            if (L.Width < 4)
            {
                e = L.Add(e, T.Of<L, D>(L.Load(x + i + 4 * L.Width)));
                f = L.Add(f, T.Of<L, D>(L.Load(x + i + 5 * L.Width)));
                g = L.Add(g, T.Of<L, D>(L.Load(x + i + 6 * L.Width)));
                h = L.Add(h, T.Of<L, D>(L.Load(x + i + 7 * L.Width)));
            }
        }

        L.Store(a, sums);
        L.Store(b, sums + L.Width);
        if (L.Width < 8)
        {
            L.Store(c, sums + 2 * L.Width);
            L.Store(d, sums + 3 * L.Width);
        }

        if (L.Width < 4)
        {
            L.Store(e, sums + 4 * L.Width);
            L.Store(f, sums + 5 * L.Width);
            L.Store(g, sums + 6 * L.Width);
            L.Store(h, sums + 7 * L.Width);
        }
    }
}
