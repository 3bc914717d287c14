using System.Numerics;
using TrainService.NeuralNet.Activations;
using TrainService.Specification;
using static TrainService.NeuralNet.Losses.LossMath;

namespace TrainService.NeuralNet.Losses;

/// <summary>
/// Mean over the row of w · (1 - q)^γ · bce(p, t), q = t p + (1 - t)(1 - p) the probability given to the truth, w = 1, or α for ones and
/// 1 - α for zeros. Probabilities are clipped as in <see cref="BinaryCrossentropy"/>; logits never.
/// </summary>
public sealed class BinaryFocalCrossentropy(FocalArguments arguments) : PointwiseLoss<BinaryFocalCrossentropy.Kernel>(new(arguments))
{
    private readonly FocalArguments _arguments = arguments;

    public static ComponentDescriptor<Loss> Descriptor { get; } = new("binary_focal_crossentropy", Create)
    {
        KerasName = "BinaryFocalCrossentropy",
        Aliases = ["focal"],
        Summary = "Binary cross-entropy that counts what is answered well already far less.",
        Advice = "When one answer is much rarer than the other.",
        Source = "Lin, Goyal, Girshick, He, Dollár 2017, arXiv:1708.02002",
        Arguments =
        [
            Arg.Flag("apply_class_balancing", "Weigh ones by alpha and zeros by 1 - alpha.", false),
            Arg.Number("alpha", "Weight of ones.", 0.25, min: 0, max: 1),
            Arg.Number("gamma", "How strongly good answers are discounted; 0: not at all.", 2, min: 0),
            .. CrossentropyArguments.All,
        ],
    };

    /// <inheritdoc/>
    public override Loss? FuseWith(Activation last)
        => last.IsSigmoid ? new PointwiseLoss<FromLogits>(new(_arguments)) : null;

    private static Loss Create(Arguments a)
    {
        var arguments = new FocalArguments(
            a.Number("gamma"), a.Flag("apply_class_balancing") ? a.Number("alpha") : null, a.Number("label_smoothing"));
        return a.Flag("from_logits") ? new PointwiseLoss<FromLogits>(new(arguments)) : new BinaryFocalCrossentropy(arguments);
    }

    /// <summary>The loss of one element, from its probability.</summary>
    public readonly struct Kernel(FocalArguments arguments) : IPointwiseLoss
    {
        public Vector<double> Value(Vector<double> p, Vector<double> t)
        {
            Vector<double> y = BinaryCrossentropy.Smooth(t, arguments.LabelSmoothing), q = Clip(p, LeastProbability, MostProbability);
            return arguments.Weight(y) * arguments.Discount(Miss(p, y)) * Crossentropy(q, y);
        }

        public Vector<double> Slope(Vector<double> p, Vector<double> t)
        {
            Vector<double> y = BinaryCrossentropy.Smooth(t, arguments.LabelSmoothing), q = Clip(p, LeastProbability, MostProbability);
            Vector<double> miss = Miss(p, y), inner = Within(p, LeastProbability, MostProbability, (p - y) / (p * (One - p)));
            Vector<double> outer = arguments.DiscountSlope(miss) * (One - (Of(2) * y)) * Crossentropy(q, y);
            return arguments.Weight(y) * (outer + (arguments.Discount(miss) * inner));
        }

        private static Vector<double> Crossentropy(Vector<double> q, Vector<double> y)
            => -((y * Vector.Log(q)) + ((One - y) * Vector.Log(One - q)));
    }

    /// <summary>The loss of one element, from its logit.</summary>
    public readonly struct FromLogits(FocalArguments arguments) : IPointwiseLoss
    {
        public Vector<double> Value(Vector<double> p, Vector<double> t)
        {
            Vector<double> y = BinaryCrossentropy.Smooth(t, arguments.LabelSmoothing);
            return arguments.Weight(y) * arguments.Discount(Miss(Sigmoid(p), y)) * (Softplus(p) - (y * p));
        }

        public Vector<double> Slope(Vector<double> p, Vector<double> t)
        {
            Vector<double> y = BinaryCrossentropy.Smooth(t, arguments.LabelSmoothing), s = Sigmoid(p), miss = Miss(s, y);
            Vector<double> outer = arguments.DiscountSlope(miss) * (One - (Of(2) * y)) * s * (One - s) * (Softplus(p) - (y * p));
            return arguments.Weight(y) * (outer + (arguments.Discount(miss) * (s - y)));
        }
    }

    // 1 - q: the probability that was not given to the truth.
    private static Vector<double> Miss(Vector<double> p, Vector<double> y) => One - ((y * p) + ((One - y) * (One - p)));
}
