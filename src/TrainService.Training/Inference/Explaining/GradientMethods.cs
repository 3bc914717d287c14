using System.Numerics.Tensors;
using TrainService.NeuralNet.Explaining;
using TrainService.Tensors.Randomness;

namespace TrainService.Training.Inference.Explaining;

/// <summary>Explanations made of gradients with regard to the inputs. Sums are taken in double, in order.</summary>
internal static class GradientMethods
{
    /// <summary>dS/dx at the input. Simonyan, Vedaldi, Zisserman 2013, arXiv:1312.6034.</summary>
    public static (float[] Values, double Score) Plain(ScoreSession session, ExplainedOutput output, float[] row, CancellationToken ct)
    {
        double[] sum = Sum(session, output, new VariantRows(1, row.Length, (_, to) => row.CopyTo(to)), out double score, ct);
        return ([.. sum.Select(s => (float)s)], score);
    }

    /// <summary>
    /// The mean of dS/dx over x + ε, ε normal with a standard deviation of <paramref name="noise"/> times the input's range (greatest minus
    /// least number). Smilkov and others 2017, arXiv:1706.03825.
    /// </summary>
    public static float[] Smooth(ScoreSession session, ExplainedOutput output, float[] row, int samples, double noise, ulong seed, CancellationToken ct)
    {
        float deviation = (float)(noise * (TensorPrimitives.Max<float>(row) - TensorPrimitives.Min<float>(row)));
        double[] sum = Sum(session, output, new VariantRows(samples, row.Length, (sample, to) =>
        {
            PhiloxStream random = new(seed, RandomPurpose.Noise, 0, (ulong)sample);
            for (int i = 0; i < row.Length; i++) to[i] = row[i] + (deviation * (float)random.NextNormal());
        }), out _, ct);
        return [.. sum.Select(s => (float)(s / samples))];
    }

    /// <summary>
    /// (x - x') · ∫ dS/dx along the straight way from the baseline x' to x, by the midpoint rule. The numbers add up to S(x) - S(x') (completeness).
    /// Sundararajan, Taly, Yan 2017, arXiv:1703.01365.
    /// </summary>
    public static float[] Integrated(ScoreSession session, ExplainedOutput output, float[] row, float[] baseline, int steps, CancellationToken ct)
    {
        double[] sum = Sum(session, output, new VariantRows(steps, row.Length, (step, to) =>
        {
            float share = (step + 0.5f) / steps;
            for (int i = 0; i < row.Length; i++) to[i] = baseline[i] + (share * (row[i] - baseline[i]));
        }), out _, ct);
        return [.. sum.Select((s, i) => (float)((row[i] - baseline[i]) * s / steps))];
    }

    private static double[] Sum(ScoreSession session, ExplainedOutput output, VariantRows rows, out double last, CancellationToken ct)
    {
        double[] sum = new double[rows.RowLength];
        double seen = 0;
        session.Visit(rows, output.Output, output.Sign, (_, score, _, gradient) =>
        {
            for (int i = 0; i < gradient.Length; i++) sum[i] += gradient[i];
            seen = score;
        }, ct);
        last = seen;
        return sum;
    }
}
