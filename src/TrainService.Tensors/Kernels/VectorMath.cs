using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TrainService.Tensors.Kernels.Functions;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.Tensors.Kernels;

/// <summary>
/// Functions of float32, element by element. y may be x's memory. An element's result depends on nothing but its value: not on where it stands, nor on
/// the width of the processor's vectors. NaN gives NaN. Errors are in units in the last place of the exact result, the greatest over dense sweeps of
/// the whole range (the tests hold them to it).
/// </summary>
public static unsafe class VectorMath
{
    /// <summary>eˣ, subnormal results included. Error below 1.0 ulp.</summary>
    public static void Exp(ReadOnlySpan<float> x, Span<float> y) => Map<Exponential>(SimdPaths.Best, x, y);

    /// <summary>ln x; -∞ at 0, NaN below. Error below 0.8 ulp.</summary>
    public static void Log(ReadOnlySpan<float> x, Span<float> y) => Map<Logarithm>(SimdPaths.Best, x, y);

    /// <summary>tanh x. Error below 1.3 ulp.</summary>
    public static void Tanh(ReadOnlySpan<float> x, Span<float> y) => Map<HyperbolicTangent>(SimdPaths.Best, x, y);

    /// <summary>1 / (1 + e⁻ˣ). Error below 2.3 ulp.</summary>
    public static void Sigmoid(ReadOnlySpan<float> x, Span<float> y) => Map<LogisticSigmoid>(SimdPaths.Best, x, y);

    /// <summary>The error function, 2/√π ∫₀ˣ exp(-t²) dt. Error below 1.1 ulp.</summary>
    public static void Erf(ReadOnlySpan<float> x, Span<float> y) => Map<ErrorFunction>(SimdPaths.Best, x, y);

    internal static void Map<F>(SimdPath path, ReadOnlySpan<float> x, Span<float> y)
        where F : struct, IFunction
    {
        if (y.Length < x.Length) throw new ArgumentException($"{x.Length} results don't fit into {y.Length} places.", nameof(y));
        fixed (float* source = x, destination = y)
        {
            switch (path)
            {
                case SimdPath.Vector512: Map<F, Lane512, Vector512<float>>(source, destination, x.Length); break;
                case SimdPath.Vector256: Map<F, Lane256, Vector256<float>>(source, destination, x.Length); break;
                case SimdPath.Vector128: Map<F, Lane128, Vector128<float>>(source, destination, x.Length); break;
                default: Map<F, LaneScalar, float>(source, destination, x.Length); break;
            }
        }
    }

    /// <summary>Whole vectors; the rest goes through a vector of its own, so that it takes the same way.</summary>
    private static void Map<F, L, V>(float* x, float* y, int length)
        where F : struct, IFunction
        where L : struct, ILane<V>
        where V : unmanaged
    {
        int whole = length - length % L.Width;
        Whole<F, L, V>(x, y, whole);
        if (whole == length) return;
        float* rest = stackalloc float[16];
        int left = length - whole;
        for (int i = 0; i < 16; i++) rest[i] = i < left ? x[whole + i] : 0f;
        Whole<F, L, V>(rest, rest, L.Width);
        for (int i = 0; i < left; i++) y[whole + i] = rest[i];
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Whole<F, L, V>(float* x, float* y, int length)
        where F : struct, IFunction
        where L : struct, ILane<V>
        where V : unmanaged
    {
        for (int i = 0; i < length; i += L.Width) L.Store(F.Of<L, V>(L.Load(x + i)), y + i);
    }
}
