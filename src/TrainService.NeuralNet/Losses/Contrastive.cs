using System.Numerics;
using TrainService.Specification;
using static TrainService.NeuralNet.Losses.LossMath;

namespace TrainService.NeuralNet.Losses;

/// <summary>
/// Mean over the row of t d² + (1 - t) max(margin - d, 0)²: d is the distance of a pair's embeddings, t = 1 for a pair that belongs
/// together.
/// </summary>
public readonly struct Contrastive(double margin) : IPointwiseLoss
{
    public static ComponentDescriptor<Loss> Descriptor { get; } = new("contrastive",
        a => new PointwiseLoss<Contrastive>(new(a.Number("margin"))))
    {
        Aliases = ["contrastive_loss"],
        Summary = "Draws pairs that belong together to distance 0, and pushes the others a margin apart.",
        Advice = "For siamese networks whose output is the distance of two embeddings.",
        Source = "Hadsell, Chopra, LeCun 2006, Dimensionality reduction by learning an invariant mapping",
        Arguments = [Arg.Number("margin", "Distance beyond which other pairs cost nothing.", 1, min: 0, minExclusive: true)],
    };

    public Vector<double> Value(Vector<double> p, Vector<double> t)
    {
        Vector<double> gap = Vector.Max(Of(margin) - p, Zero);
        return (t * p * p) + ((One - t) * gap * gap);
    }

    public Vector<double> Slope(Vector<double> p, Vector<double> t)
        => Of(2) * ((t * p) - ((One - t) * Vector.Max(Of(margin) - p, Zero)));
}
