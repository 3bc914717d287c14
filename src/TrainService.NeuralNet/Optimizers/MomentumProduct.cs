namespace TrainService.NeuralNet.Optimizers;

/// <summary>
/// Nadam's momenta u_t = β₁ (1 - 0.96ᵗ / 2) and their running product, in float32 as Keras multiplies them. The product is worked out from
/// the last one asked for when that lies before, else from the start. Safe for several threads.
/// </summary>
internal sealed class MomentumProduct(float beta1)
{
    private volatile Point _last = new(0, 1f);

    /// <summary>u_t.</summary>
    /// <param name="t">From 1.</param>
    public float Momentum(long t) => beta1 * (1f - (0.5f * MathF.Pow(0.96f, t)));

    /// <summary>u_1 · … · u_t.</summary>
    public float Through(long t)
    {
        Point p = _last;
        if (p.Step > t) p = new Point(0, 1f);
        (long step, float product) = (p.Step, p.Product);
        // Once it is so small that 1 - product is 1 in float32, there is no need to go on to large t.
        while (step < t && product > 1e-30f) product *= Momentum(++step);
        _last = new Point(t, product);
        return product;
    }

    private sealed record Point(long Step, float Product);
}
