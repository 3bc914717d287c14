using System.Numerics;
using static TrainService.NeuralNet.Losses.LossMath;

namespace TrainService.NeuralNet.Losses;

/// <summary>What discounts a well-answered element.</summary>
/// <param name="Alpha">Weight of ones, 1 - α of zeros; null for no weights.</param>
public readonly record struct FocalArguments(double Gamma, double? Alpha, double LabelSmoothing)
{
    // 0 to a power below 0 would be infinite where the cross-entropy beside it is 0.
    private const double Least = 1e-30;

    /// <summary>m^γ.</summary>
    internal Vector<double> Discount(Vector<double> miss) => Gamma switch
    {
        0 => One,
        2 => miss * miss,
        _ => Vector.Exp(Of(Gamma) * Vector.Log(Vector.Max(miss, Of(Least)))),
    };

    /// <summary>d(m^γ)/dm.</summary>
    internal Vector<double> DiscountSlope(Vector<double> miss) => Gamma switch
    {
        0 => Zero,
        2 => miss + miss,
        _ => Of(Gamma) * Vector.Exp(Of(Gamma - 1) * Vector.Log(Vector.Max(miss, Of(Least)))),
    };

    internal Vector<double> Weight(Vector<double> y) => Alpha is { } a ? (y * Of(a)) + ((One - y) * Of(1 - a)) : One;
}
