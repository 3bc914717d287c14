using System.Numerics;
using TrainService.NeuralNet.Activations;

namespace TrainService.NeuralNet.Layers.Quantization;

/// <summary>
/// The nearest number of the grid, ties to the even step; beyond its ends the end. The gradient passes as if nothing were rounded, and is 0 beyond the ends
/// (straight through: Bengio, Léonard, Courville 2013, arXiv:1308.3432).
/// </summary>
internal readonly struct ToGrid(EightBitGrid grid) : IElementwise
{
    private readonly float _scale = grid.Scale, _lowest = grid.Lowest, _highest = grid.Highest;

    public static bool NeedsInput => true;

    // Divided, rounded and held in this order: ONNX Runtime gives the same bits.
    public Vector<float> Forward(Vector<float> x)
        => VectorFunctions.Clamp(Vector.Round(x / new Vector<float>(_scale)), _lowest, _highest) * new Vector<float>(_scale);

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy)
        => Vector.ConditionalSelect(Vector.LessThan(saved, new Vector<float>(_lowest * _scale)) | Vector.GreaterThan(saved, new Vector<float>(_highest * _scale)), Vector<float>.Zero, dy);
}
