using System.Numerics;
using TrainService.Specification;
using static TrainService.NeuralNet.Losses.LossMath;

namespace TrainService.NeuralNet.Losses;

/// <summary>Mean of max(1 - t p, 0) over the row; a target 0 counts as -1.</summary>
public readonly struct Hinge : IPointwiseLoss
{
    public static ComponentDescriptor<Loss> Descriptor { get; } = new("hinge", _ => new PointwiseLoss<Hinge>(default))
    {
        KerasName = "Hinge",
        Summary = "Nothing beyond the margin, the distance from it within.",
        Advice = "For scores of two classes, -1 and 1, as in a support vector machine.",
        Source = "Cortes, Vapnik 1995",
    };

    public Vector<double> Value(Vector<double> p, Vector<double> t) => Vector.Max(One - (Label(t) * p), Zero);

    public Vector<double> Slope(Vector<double> p, Vector<double> t)
        => Where(Vector.GreaterThan(One - (Label(t) * p), Zero), -Label(t), Zero);

    /// <summary>Labels 0 and 1 become -1 and 1; -1 and 1 stay.</summary>
    internal static Vector<double> Label(Vector<double> t) => Where(Vector.Equals(t, Zero), -One, t);
}
