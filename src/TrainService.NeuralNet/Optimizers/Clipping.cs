namespace TrainService.NeuralNet.Optimizers;

/// <summary>
/// What a gradient is multiplied by when it is clipped by its norm. Pascanu, Mikolov, Bengio 2013, arXiv:1211.5063. The element-wise form,
/// clipvalue, is a plain limit to [-v, v].
/// </summary>
public static class Clipping
{
    /// <summary>clipnorm: c / max(‖g‖, c), for each variable by its own norm. NaN when the norm is.</summary>
    public static float NormFactor(double norm, double clipNorm) => (float)(clipNorm / Math.Max(norm, clipNorm));

    /// <summary>
    /// global_clipnorm: c · min(1/N, 1/c), N the norm of all gradients together. NaN when N is not finite, so that the weights show that
    /// the gradients exploded.
    /// </summary>
    public static float GlobalNormFactor(double norm, double clipNorm)
        => double.IsFinite(norm) ? (float)(clipNorm * Math.Min(1 / norm, 1 / clipNorm)) : float.NaN;
}
