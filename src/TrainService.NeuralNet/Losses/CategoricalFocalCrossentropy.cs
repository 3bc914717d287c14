using TrainService.NeuralNet.Activations;
using TrainService.Specification;
using static TrainService.NeuralNet.Losses.LossMath;

namespace TrainService.NeuralNet.Losses;

/// <summary>
/// Σ α (1 - q)^γ · (-y ln q) over the row, q = p / Σ p clipped to [1e-7, 1 - 1e-7], or the softmax of logits, never clipped.
/// </summary>
public sealed class CategoricalFocalCrossentropy(double gamma, double alpha, bool fromLogits, double labelSmoothing) : Loss
{
    public static ComponentDescriptor<Loss> Descriptor { get; } = new("categorical_focal_crossentropy",
        a => new CategoricalFocalCrossentropy(a.Number("gamma"), a.Number("alpha"), a.Flag("from_logits"), a.Number("label_smoothing")))
    {
        KerasName = "CategoricalFocalCrossentropy",
        Summary = "Categorical cross-entropy that counts what is answered well already far less.",
        Advice = "When some classes are much rarer than others; targets are one-hot rows.",
        Source = "Lin, Goyal, Girshick, He, Dollár 2017, arXiv:1708.02002",
        Arguments =
        [
            Arg.Number("alpha", "Factor on the loss.", 0.25, min: 0),
            Arg.Number("gamma", "How strongly good answers are discounted; 0: not at all.", 2, min: 0),
            .. CrossentropyArguments.All,
        ],
    };

    /// <inheritdoc/>
    public override bool SpansAxis => true;

    /// <inheritdoc/>
    public override Loss? FuseWith(Activation last)
        => last is Softmax && !fromLogits ? new CategoricalFocalCrossentropy(gamma, alpha, true, labelSmoothing) : null;

    /// <inheritdoc/>
    public override double Value(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target)
    {
        var y = new DenseTarget(target, labelSmoothing);
        (double most, double sum) = Scale(prediction);
        double value = 0;
        for (int i = 0; i < prediction.Length; i++)
        {
            (double q, double log) = Share(prediction[i], most, sum);
            value -= alpha * Math.Pow(1 - q, gamma) * y[i] * log;
        }
        return value;
    }

    /// <inheritdoc/>
    public override double ValueAndGradient(ReadOnlySpan<float> prediction, ReadOnlySpan<float> target, Span<float> gradient, float scale)
    {
        var y = new DenseTarget(target, labelSmoothing);
        (double most, double sum) = Scale(prediction);
        double through = 0;
        for (int i = 0; i < prediction.Length; i++)
        {
            (double q, double log) = Share(prediction[i], most, sum);
            through += y[i] * SlopeTimesShare(q, log);
        }
        // A share of a sum and a softmax both pass on dq_i - Σ dq_j q_j: the one divided by the sum, the other times q_i.
        double value = Value(prediction, target);
        for (int i = 0; i < prediction.Length; i++)
        {
            (double q, double log) = Share(prediction[i], most, sum);
            double own = y[i] * SlopeTimesShare(q, log) - (through * q);
            gradient[i] = (float)(scale * (fromLogits ? own : own / (q * sum)));
        }
        return value;
    }

    private (double Most, double Sum) Scale(ReadOnlySpan<float> x)
    {
        double most = fromLogits ? RowMath.Max(x) : 0, sum = 0;
        foreach (float v in x) sum += fromLogits ? Math.Exp(v - most) : v;
        return (most, sum);
    }

    /// <summary>q and ln q: of probabilities clipped, of logits exact.</summary>
    private (double Q, double Log) Share(double x, double most, double sum)
    {
        if (fromLogits) return (Math.Exp(x - most) / sum, x - most - Math.Log(sum));
        double q = Math.Clamp(x / sum, LeastProbability, MostProbability);
        return (q, Math.Log(q));
    }

    /// <summary>q · d(-α (1 - q)^γ ln q)/dq; 0 where q was clipped.</summary>
    private double SlopeTimesShare(double q, double log)
    {
        if (!fromLogits && q is LeastProbability or MostProbability) return 0;
        double miss = Math.Max(1 - q, 1e-30);
        return alpha * ((gamma * Math.Pow(miss, gamma - 1) * log * q) - Math.Pow(miss, gamma));
    }
}
