using System.Numerics;
using TrainService.Specification;
using static TrainService.NeuralNet.Losses.LossMath;

namespace TrainService.NeuralNet.Losses;

/// <summary>Mean of |p - t| over the row. The gradient at 0 is 0.</summary>
public readonly struct MeanAbsoluteError : IPointwiseLoss
{
    public static ComponentDescriptor<Loss> Descriptor { get; } = new("mae", _ => new PointwiseLoss<MeanAbsoluteError>(default))
    {
        KerasName = "MeanAbsoluteError",
        Aliases = ["mean_absolute_error", "MAE"],
        Summary = "Mean of the absolute errors.",
        Advice = "For a regression with many outliers; predicts medians. Its gradient does not fade near the goal: lower the rate.",
        Source = "Laplace 1774",
    };

    public Vector<double> Value(Vector<double> p, Vector<double> t) => Vector.Abs(p - t);

    public Vector<double> Slope(Vector<double> p, Vector<double> t) => Sign(p - t);
}
