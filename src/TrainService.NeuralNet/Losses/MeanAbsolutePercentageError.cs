using System.Numerics;
using TrainService.Specification;
using static TrainService.NeuralNet.Losses.LossMath;

namespace TrainService.NeuralNet.Losses;

/// <summary>Mean of 100 |p - t| / max(|t|, 1e-7) over the row.</summary>
public readonly struct MeanAbsolutePercentageError : IPointwiseLoss
{
    public static ComponentDescriptor<Loss> Descriptor { get; } = new("mape", _ => new PointwiseLoss<MeanAbsolutePercentageError>(default))
    {
        KerasName = "MeanAbsolutePercentageError",
        Aliases = ["mean_absolute_percentage_error", "MAPE"],
        Summary = "Mean of the absolute errors in percent of the target.",
        Advice = "When errors count in proportion, and targets are well away from 0.",
        Source = "Keras MeanAbsolutePercentageError",
    };

    public Vector<double> Value(Vector<double> p, Vector<double> t) => Of(100) * Vector.Abs(p - t) / Vector.Max(Vector.Abs(t), Of(Epsilon));

    public Vector<double> Slope(Vector<double> p, Vector<double> t) => Of(100) * Sign(p - t) / Vector.Max(Vector.Abs(t), Of(Epsilon));
}
