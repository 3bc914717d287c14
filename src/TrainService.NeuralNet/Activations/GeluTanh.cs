using System.Runtime.CompilerServices;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Activations;

/// <summary>y = x/2 · (1 + tanh u), u = √(2/π) · (x + 0.044715 x³): gelu with <c>approximate</c>.</summary>
internal readonly struct GeluTanh : IElementwise
{
    private const float Root = 0.797884561f, Cubic = 0.044715f;

    public static bool NeedsInput => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        => Held(x, float.PositiveInfinity) * Gate(x, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        Floats<L, V> gate = Gate(saved, out Floats<L, V> x), one = 1f;
        // (1 + tanh u)/2 = g, so (1 - tanh² u)/2 = 2 g (1 - g).
        Floats<L, V> inner = (one + (x * x * (3 * Cubic))) * Root;
        return dy * (gate + (x * inner * 2f * gate * (one - gate)));
    }

    // (1 + tanh u)/2 is sigmoid(2u), which keeps its digits for very negative u.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Floats<L, V> Gate<L, V>(Floats<L, V> x, out Floats<L, V> held)
        where L : struct, ILane<V>
        where V : unmanaged
    {
        held = Held(x, 14f);
        return Floats<L, V>.Sigmoid(held * ((held * held * Cubic) + 1f) * (2 * Root));
    }

    // Beyond ±14 the gate is 0 or 1 in float32; without limits ∞ times 0 would be NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Floats<L, V> Held<L, V>(Floats<L, V> x, float high)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.Clamp(x, -14f, high);
}
