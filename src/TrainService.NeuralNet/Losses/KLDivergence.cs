using System.Numerics;
using TrainService.Specification;
using static TrainService.NeuralNet.Losses.LossMath;

namespace TrainService.NeuralNet.Losses;

/// <summary>Σ t ln(t / p) over the row, both clipped to [1e-7, 1].</summary>
public readonly struct KLDivergence : IPointwiseLoss
{
    private const double Least = LeastProbability;

    public static ComponentDescriptor<Loss> Descriptor { get; } = new("kl_divergence", _ => new PointwiseLoss<KLDivergence>(default))
    {
        KerasName = "KLDivergence",
        Aliases = ["kullback_leibler_divergence", "kld", "KLD"],
        Summary = "How much the predicted probabilities tell less than the true ones.",
        Advice = "When targets are distributions themselves, as in distillation.",
        Source = "Kullback, Leibler 1951",
    };

    public static bool IsMean => false;

    public Vector<double> Value(Vector<double> p, Vector<double> t)
    {
        Vector<double> truth = Clip(t, Least, 1);
        return truth * Vector.Log(truth / Clip(p, Least, 1));
    }

    public Vector<double> Slope(Vector<double> p, Vector<double> t) => Within(p, Least, 1, -Clip(t, Least, 1) / p);
}
