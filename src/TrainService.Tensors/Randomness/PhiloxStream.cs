namespace TrainService.Tensors.Randomness;

/// <summary>What a stream of random numbers is for: each purpose has its own, so that none disturbs another.</summary>
public enum RandomPurpose
{
    Initialization = 1,
    Shuffling = 2,
    Dropout = 3,
    Augmentation = 4,
    Split = 5,
    Noise = 6,
    Synthetic = 7,
    Latents = 8,
    Sampling = 9,
}

/// <summary>
/// Random numbers in order, from the counter (purpose, stream, step, index) under the job's seed. Copying it copies the position.
/// </summary>
public struct PhiloxStream
{
    private readonly ulong _key;
    private readonly ulong _high;
    private ulong _index;
    private int _left;
    private uint _w1, _w2, _w3;

    /// <param name="stream">Which one of its purpose: a layer's or a parameter's number.</param>
    /// <param name="step">Epoch or step, for streams that start anew each time.</param>
    public PhiloxStream(ulong seed, RandomPurpose purpose, uint stream, ulong step = 0)
    {
        (_key, _high) = PhiloxKey.Of(seed, purpose, stream, step);
    }

    public uint NextUInt32()
    {
        switch (_left)
        {
            case 3: _left = 2; return _w1;
            case 2: _left = 1; return _w2;
            case 1: _left = 0; return _w3;
            default:
                (uint w0, _w1, _w2, _w3) = Philox.Block(_key, _high, _index++);
                _left = 3;
                return w0;
        }
    }

    /// <summary>Uniform in [0, 1), a multiple of 2⁻²⁴.</summary>
    public float NextSingle() => (NextUInt32() >> 8) * (1f / (1 << 24));

    /// <summary>Uniform in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (((ulong)(NextUInt32() >> 5) << 26) | (NextUInt32() >> 6)) * (1.0 / (1UL << 53));

    /// <summary>Uniform in 0 … <paramref name="bound"/> - 1, without bias (Lemire 2019, arXiv:1805.10941).</summary>
    public int NextBelow(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        uint range = (uint)bound, threshold = (0u - range) % range;
        while (true)
        {
            ulong product = (ulong)NextUInt32() * range;
            if ((uint)product >= threshold) return (int)(product >> 32);
        }
    }

    /// <summary>Standard normal (Box and Muller 1958).</summary>
    public double NextNormal()
    {
        double u = 1 - NextDouble(), v = NextDouble();
        return Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v);
    }

    /// <summary>Fisher and Yates's shuffle.</summary>
    public void Shuffle(Span<int> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = NextBelow(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }
}
