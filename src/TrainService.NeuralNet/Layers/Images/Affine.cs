using System.Numerics;
using TrainService.NeuralNet.Activations;

namespace TrainService.NeuralNet.Layers.Images;

/// <summary>y = x · scale + offset, number by number.</summary>
internal readonly struct Affine(float scale, float offset) : IElementwise
{
    public static bool NeedsInput => false;

    public Vector<float> Forward(Vector<float> x) => (x * scale) + new Vector<float>(offset);

    public Vector<float> Backward(Vector<float> saved, Vector<float> dy) => dy * scale;
}
