using System.Numerics;
using TrainService.Specification;
using static TrainService.NeuralNet.Losses.LossMath;

namespace TrainService.NeuralNet.Losses;

/// <summary>Mean of (ln(1 + max(p, 1e-7)) - ln(1 + max(t, 1e-7)))² over the row.</summary>
public readonly struct MeanSquaredLogarithmicError : IPointwiseLoss
{
    public static ComponentDescriptor<Loss> Descriptor { get; } = new("msle", _ => new PointwiseLoss<MeanSquaredLogarithmicError>(default))
    {
        KerasName = "MeanSquaredLogarithmicError",
        Aliases = ["mean_squared_logarithmic_error", "MSLE"],
        Summary = "Mean of the squared errors of logarithms.",
        Advice = "For targets over several orders of magnitude, none negative.",
        Source = "Keras MeanSquaredLogarithmicError",
    };

    public Vector<double> Value(Vector<double> p, Vector<double> t)
    {
        Vector<double> e = Log(p) - Log(t);
        return e * e;
    }

    public Vector<double> Slope(Vector<double> p, Vector<double> t)
        => Within(p, Epsilon, double.PositiveInfinity, Of(2) * (Log(p) - Log(t)) / (One + p));

    private static Vector<double> Log(Vector<double> x) => Vector.Log(One + Vector.Max(x, Of(Epsilon)));
}
