using System.Numerics;
using TrainService.Specification;
using static TrainService.NeuralNet.Losses.LossMath;

namespace TrainService.NeuralNet.Losses;

/// <summary>Mean over the row of e²/2 for |e| ≤ δ and δ |e| - δ²/2 beyond, e = p - t.</summary>
public readonly struct Huber(double delta) : IPointwiseLoss
{
    public static ComponentDescriptor<Loss> Descriptor { get; } = new("huber", a => new PointwiseLoss<Huber>(new(a.Number("delta"))))
    {
        KerasName = "Huber",
        Aliases = ["huber_loss"],
        Summary = "Squared error for small errors, absolute error for large ones.",
        Advice = "For a regression with some outliers: learns faster than mae and heeds outliers less than mse.",
        Source = "Huber 1964, Robust estimation of a location parameter",
        Arguments = [Arg.Number("delta", "Where squared becomes absolute.", 1, min: 0, minExclusive: true)],
    };

    public Vector<double> Value(Vector<double> p, Vector<double> t)
    {
        Vector<double> e = Vector.Abs(p - t), d = Of(delta);
        return Where(Vector.LessThanOrEqual(e, d), Of(0.5) * e * e, d * (e - (Of(0.5) * d)));
    }

    public Vector<double> Slope(Vector<double> p, Vector<double> t) => Clip(p - t, -delta, delta);
}
