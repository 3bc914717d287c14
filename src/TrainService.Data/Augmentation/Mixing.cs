using TrainService.Tensors.Randomness;

namespace TrainService.Data.Augmentation;

/// <summary>Mixup (Zhang et al. 2017): with which other row a row is blended, and how much of it remains.</summary>
/// <param name="Partner">A training row, drawn from all of them.</param>
/// <param name="Share">Of the row itself; the partner has the rest.</param>
public readonly record struct Mixing(int Partner, float Share)
{
    private const ulong Stream = 2UL << 32;

    /// <summary>A function of seed, epoch and row.</summary>
    public static Mixing Of(double alpha, ulong seed, int epoch, int row, int rows)
    {
        var random = new PhiloxStream(seed, RandomPurpose.Augmentation, (uint)row, Stream | (uint)epoch);
        int partner = random.NextBelow(rows);
        // Beta(α, α) = A / (A + B) of two gammas; by their logarithms, since for a small α both may be too small for a double.
        double a = LogGamma(ref random, alpha), b = LogGamma(ref random, alpha);
        return new Mixing(partner, (float)(1 / (1 + Math.Exp(b - a))));
    }

    /// <summary>Logarithm of a number drawn from Gamma(α, 1): Marsaglia and Tsang 2000, for α + 1, times U^(1/α).</summary>
    private static double LogGamma(ref PhiloxStream random, double alpha)
    {
        double d = alpha + 1 - (1.0 / 3), c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = random.NextNormal(), v = 1 + (c * x);
            if (v <= 0) continue;
            v = v * v * v;
            double u = 1 - random.NextDouble();
            if (Math.Log(u) < (0.5 * x * x) + (d * (1 - v + Math.Log(v))))
                return Math.Log(d * v) + (Math.Log(1 - random.NextDouble()) / alpha);
        }
    }
}
