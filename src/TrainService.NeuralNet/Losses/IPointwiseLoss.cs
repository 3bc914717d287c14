using System.Numerics;

namespace TrainService.NeuralNet.Losses;

/// <summary>
/// The mathematics of a loss that compares element with element; the loops around it are in <see cref="PointwiseLoss{TKernel}"/>. In double
/// precision: a row of outputs is short beside what computed it, and small differences of large numbers keep their digits.
/// </summary>
public interface IPointwiseLoss
{
    /// <summary>True when a row's loss is the mean over its elements, false when it is their sum.</summary>
    static virtual bool IsMean => true;

    /// <param name="p">Prediction.</param>
    /// <param name="t">Target.</param>
    Vector<double> Value(Vector<double> p, Vector<double> t);

    /// <summary>d(value)/dp.</summary>
    Vector<double> Slope(Vector<double> p, Vector<double> t);
}
