using System.Numerics;
using static TrainService.NeuralNet.Losses.LossMath;

namespace TrainService.NeuralNet.Losses;

/// <summary>Mean of ln(1 + e^z) - t z over the row: the cross-entropy of sigmoid(z), never clipped. Gradient sigmoid(z) - t.</summary>
public readonly struct BinaryCrossentropyFromLogits(double labelSmoothing) : IPointwiseLoss
{
    public Vector<double> Value(Vector<double> p, Vector<double> t) => Softplus(p) - (BinaryCrossentropy.Smooth(t, labelSmoothing) * p);

    public Vector<double> Slope(Vector<double> p, Vector<double> t) => Sigmoid(p) - BinaryCrossentropy.Smooth(t, labelSmoothing);
}
