using System.Numerics;
using TrainService.Specification;
using static TrainService.NeuralNet.Losses.LossMath;

namespace TrainService.NeuralNet.Losses;

/// <summary>Mean of (p - t)² over the row.</summary>
public readonly struct MeanSquaredError : IPointwiseLoss
{
    public static ComponentDescriptor<Loss> Descriptor { get; } = new("mse", _ => new PointwiseLoss<MeanSquaredError>(default))
    {
        KerasName = "MeanSquaredError",
        Aliases = ["mean_squared_error", "MSE"],
        Summary = "Mean of the squared errors.",
        Advice = "The usual loss of a regression; a few far-off targets weigh much: then huber.",
        Source = "Legendre 1805, least squares",
    };

    public Vector<double> Value(Vector<double> p, Vector<double> t)
    {
        Vector<double> e = p - t;
        return e * e;
    }

    public Vector<double> Slope(Vector<double> p, Vector<double> t) => Of(2) * (p - t);
}
