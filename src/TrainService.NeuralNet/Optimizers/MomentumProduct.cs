namespace TrainService.NeuralNet.Optimizers;

/// <summary>
/// Nadam's momenta u_t = β₁ (1 - 0.96ᵗ / 2) and their running product, in float32 as Keras multiplies them. The product is worked out from
/// the last one asked for when that lies before, else from the start. Safe for several threads.
/// </summary>
internal sealed class MomentumProduct(float beta1)
{
    // The last step asked for (upper half) and its product's bits (lower half): one word, so that threads see both or neither.
    private long _last = Pack(0, 1f);

    /// <summary>u_t.</summary>
    /// <param name="t">From 1.</param>
    public float Momentum(long t) => beta1 * (1f - (0.5f * MathF.Pow(0.96f, t)));

    /// <summary>u_1 · … · u_t.</summary>
    public float Through(long t)
    {
        long last = Volatile.Read(ref _last), step = last >> 32;
        float product = BitConverter.Int32BitsToSingle((int)last);
        if (step > t) (step, product) = (0, 1f);
        // Once it is so small that 1 - product is 1 in float32, there is no need to go on to large t.
        while (step < t && product > 1e-30f) product *= Momentum(++step);
        Volatile.Write(ref _last, Pack((int)Math.Min(t, int.MaxValue), product));
        return product;
    }

    private static long Pack(int step, float product) => ((long)step << 32) | (uint)BitConverter.SingleToInt32Bits(product);
}
