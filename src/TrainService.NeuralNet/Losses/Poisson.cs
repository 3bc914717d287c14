using System.Numerics;
using TrainService.Specification;
using static TrainService.NeuralNet.Losses.LossMath;

namespace TrainService.NeuralNet.Losses;

/// <summary>Mean of p - t ln(p + 1e-7) over the row.</summary>
public readonly struct Poisson : IPointwiseLoss
{
    public static ComponentDescriptor<Loss> Descriptor { get; } = new("poisson", _ => new PointwiseLoss<Poisson>(default))
    {
        KerasName = "Poisson",
        Summary = "Negative log-likelihood of counts, up to a constant.",
        Advice = "For counts, with an exponential or softplus output.",
        Source = "Poisson distribution",
    };

    public Vector<double> Value(Vector<double> p, Vector<double> t) => p - (t * Vector.Log(p + Of(Epsilon)));

    public Vector<double> Slope(Vector<double> p, Vector<double> t) => One - (t / (p + Of(Epsilon)));
}
