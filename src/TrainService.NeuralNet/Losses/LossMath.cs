using System.Numerics;

namespace TrainService.NeuralNet.Losses;

/// <summary>What several losses need.</summary>
internal static class LossMath
{
    /// <summary>Keras's epsilon.</summary>
    internal const double Epsilon = 1e-7;

    /// <summary>Keras clips probabilities to [1e-7, 1 - 1e-7] in float32: these are the numbers that it clips to.</summary>
    internal const double LeastProbability = 1e-7f, MostProbability = 1f - 1e-7f;

    internal static Vector<double> One => Vector<double>.One;

    internal static Vector<double> Zero => Vector<double>.Zero;

    internal static Vector<double> Of(double value) => new(value);

    /// <summary>-1, 0 or 1.</summary>
    internal static Vector<double> Sign(Vector<double> x)
        => Vector.ConditionalSelect(Vector.Equals(x, Zero), x, Vector.CopySign(One, x));

    internal static Vector<double> Where(Vector<long> condition, Vector<double> yes, Vector<double> no)
        => Vector.ConditionalSelect(condition, yes, no);

    internal static Vector<double> Sigmoid(Vector<double> x) => One / (One + Vector.Exp(-x));

    /// <summary>ln(1 + eˣ) without overflow.</summary>
    internal static Vector<double> Softplus(Vector<double> x) => Vector.Max(x, Zero) + Vector.Log(One + Vector.Exp(-Vector.Abs(x)));

    /// <summary>x held within bounds; NaN stays NaN.</summary>
    internal static Vector<double> Clip(Vector<double> x, double low, double high) => Vector.Min(Vector.Max(x, Of(low)), Of(high));

    /// <summary>Zero where x was clipped.</summary>
    internal static Vector<double> Within(Vector<double> x, double low, double high, Vector<double> slope)
        => Where(Vector.LessThan(x, Of(low)) | Vector.GreaterThan(x, Of(high)), Zero, slope);
}
