using System.Runtime.CompilerServices;
using TrainService.NeuralNet.Activations;
using TrainService.Tensors.Kernels.Lanes;

namespace TrainService.NeuralNet.Layers.Quantization;

/// <summary>
/// The nearest number of the grid, ties to the even step; beyond its ends the end. The gradient passes as if nothing were rounded, and is 0 beyond the ends
/// (straight through: Bengio, Léonard, Courville 2013, arXiv:1308.3432).
/// </summary>
internal readonly struct ToGrid(EightBitGrid grid) : IElementwise
{
    private readonly float _scale = grid.Scale, _lowest = grid.Lowest, _highest = grid.Highest;

    public static bool NeedsInput => true;

    // Divided, rounded and held: ONNX Runtime gives the same bits. The ends are whole steps, so it may be held first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Forward<L, V>(Floats<L, V> x)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.Round(Floats<L, V>.Clamp(x / _scale, _lowest, _highest)) * _scale;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Floats<L, V> Backward<L, V>(Floats<L, V> saved, Floats<L, V> dy)
        where L : struct, ILane<V>
        where V : unmanaged
        => Floats<L, V>.WhereLess(saved, _lowest * _scale, 0f, Floats<L, V>.WhereLess(_highest * _scale, saved, 0f, dy));
}
