using TrainService.NeuralNet.Activations;
using static TrainService.NeuralNet.Losses.LossMath;

namespace TrainService.NeuralNet.Losses;

/// <summary>-Σ y ln q over a row, for probabilities and for logits, whatever form the target has.</summary>
internal static class CategoricalMath
{
    /// <summary>From logits z: Σ y · (ln Σ e^z - z), never clipped.</summary>
    internal static double ValueFromLogits<TTarget>(ReadOnlySpan<float> z, TTarget target)
        where TTarget : ITargetRow, allows ref struct
    {
        float most = RowMath.Max(z);
        double sum = 0, weight = 0, dot = 0;
        for (int i = 0; i < z.Length; i++)
        {
            double y = target[i];
            sum += Math.Exp((double)z[i] - most);
            weight += y;
            dot += y * ((double)z[i] - most);
        }
        return (weight * Math.Log(sum)) - dot;
    }

    /// <summary>The same, with gradient softmax(z) · Σ y - y. z and gradient may be the same memory.</summary>
    internal static double FromLogits<TTarget>(ReadOnlySpan<float> z, TTarget target, Span<float> gradient, float scale)
        where TTarget : ITargetRow, allows ref struct
    {
        float most = RowMath.Max(z);
        double weight = 0, dot = 0;
        for (int i = 0; i < z.Length; i++)
        {
            double y = target[i];
            weight += y;
            dot += y * ((double)z[i] - most);
        }
        double sum = RowMath.Exp(z, most, gradient), factor = weight / sum;
        for (int i = 0; i < gradient.Length; i++) gradient[i] = (float)(scale * ((gradient[i] * factor) - target[i]));
        return (weight * Math.Log(sum)) - dot;
    }

    /// <summary>From probabilities p: q = p / Σ p, clipped to [1e-7, 1 - 1e-7].</summary>
    internal static double ValueFromProbabilities<TTarget>(ReadOnlySpan<float> p, TTarget target)
        where TTarget : ITargetRow, allows ref struct
    {
        double sum = Sum(p), value = 0;
        for (int i = 0; i < p.Length; i++)
        {
            double y = target[i];
            if (y != 0) value -= y * Math.Log(Math.Clamp(p[i] / sum, LeastProbability, MostProbability));
        }
        return value;
    }

    /// <summary>The same, with the gradient through the normalization; none through what was clipped.</summary>
    internal static double FromProbabilities<TTarget>(ReadOnlySpan<float> p, TTarget target, Span<float> gradient, float scale)
        where TTarget : ITargetRow, allows ref struct
    {
        double sum = Sum(p), value = ValueFromProbabilities(p, target), through = 0;
        for (int i = 0; i < p.Length; i++)
            if (Passes(p[i] / sum)) through += target[i];
        // d/dp of -Σ y ln(p / s) is (Σ y - y / q) / s.
        for (int i = 0; i < p.Length; i++)
        {
            double q = p[i] / sum, own = Passes(q) ? target[i] / q : 0;
            gradient[i] = (float)(scale * (through - own) / sum);
        }
        return value;
    }

    private static bool Passes(double q) => q is >= LeastProbability and <= MostProbability;

    private static double Sum(ReadOnlySpan<float> p)
    {
        double sum = 0;
        foreach (float v in p) sum += v;
        return sum;
    }
}
