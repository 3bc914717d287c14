using System.Numerics;
using TrainService.Specification;
using static TrainService.NeuralNet.Losses.LossMath;

namespace TrainService.NeuralNet.Losses;

/// <summary>Mean of max(1 - t p, 0)² over the row; a target 0 counts as -1.</summary>
public readonly struct SquaredHinge : IPointwiseLoss
{
    public static ComponentDescriptor<Loss> Descriptor { get; } = new("squared_hinge", _ => new PointwiseLoss<SquaredHinge>(default))
    {
        KerasName = "SquaredHinge",
        Summary = "The square of the distance from the margin.",
        Advice = "As hinge, with a gradient that fades at the margin.",
        Source = "Rennie, Srebro 2005",
    };

    public Vector<double> Value(Vector<double> p, Vector<double> t)
    {
        Vector<double> m = Vector.Max(One - (Hinge.Label(t) * p), Zero);
        return m * m;
    }

    public Vector<double> Slope(Vector<double> p, Vector<double> t)
        => Of(-2) * Hinge.Label(t) * Vector.Max(One - (Hinge.Label(t) * p), Zero);
}
