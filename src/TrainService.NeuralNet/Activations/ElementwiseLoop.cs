using System.Runtime.CompilerServices;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>
/// The loops around an <see cref="IElementwise"/>. What fills no whole vector goes through one of its own and the same instructions, so that an element's
/// result never depends on where it stands.
/// </summary>
internal static unsafe class ElementwiseLoop
{
    private const int WidestVector = 16;

    /// <summary>y = f(x); y may be x.</summary>
    public static void Forward<TKernel, L, V>(TKernel f, float* x, float* y, int length)
        where TKernel : struct, IElementwise
        where L : struct, ILane<V>
        where V : unmanaged
    {
        int rest = length % L.Width, whole = length - rest;
        WholeForward<TKernel, L, V>(f, x, y, whole);
        if (rest == 0) return;
        float* end = stackalloc float[WidestVector];
        Load(x + whole, rest, end);
        WholeForward<TKernel, L, V>(f, end, end, L.Width);
        new Span<float>(end, rest).CopyTo(new Span<float>(y + whole, rest));
    }

    /// <summary>dx = dy · f'; dx may be dy.</summary>
    public static void Backward<TKernel, L, V>(TKernel f, float* saved, float* dy, float* dx, int length)
        where TKernel : struct, IElementwise
        where L : struct, ILane<V>
        where V : unmanaged
    {
        int rest = length % L.Width, whole = length - rest;
        WholeBackward<TKernel, L, V>(f, saved, dy, dx, whole);
        if (rest == 0) return;
        float* kept = stackalloc float[2 * WidestVector], upper = kept + WidestVector;
        Load(saved + whole, rest, kept);
        Load(dy + whole, rest, upper);
        WholeBackward<TKernel, L, V>(f, kept, upper, upper, L.Width);
        new Span<float>(upper, rest).CopyTo(new Span<float>(dx + whole, rest));
    }

    private static void Load(float* from, int count, float* vector)
    {
        new Span<float>(vector, WidestVector).Clear();
        new Span<float>(from, count).CopyTo(new Span<float>(vector, count));
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void WholeForward<TKernel, L, V>(TKernel f, float* x, float* y, int length)
        where TKernel : struct, IElementwise
        where L : struct, ILane<V>
        where V : unmanaged
    {
        for (nint i = 0; i < length; i += L.Width) f.Forward(Floats<L, V>.Load(x + i)).Store(y + i);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void WholeBackward<TKernel, L, V>(TKernel f, float* saved, float* dy, float* dx, int length)
        where TKernel : struct, IElementwise
        where L : struct, ILane<V>
        where V : unmanaged
    {
        for (nint i = 0; i < length; i += L.Width) f.Backward(Floats<L, V>.Load(saved + i), Floats<L, V>.Load(dy + i)).Store(dx + i);
    }
}
