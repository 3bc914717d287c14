namespace TrainService.Tensors.Randomness;

/// <summary>Names one stream of Philox words: its key and the upper half of its counter. The lower half counts the blocks of four words.</summary>
public readonly record struct PhiloxKey(ulong Key, ulong High)
{
    /// <param name="stream">Which one of its purpose: a layer's or a parameter's number.</param>
    /// <param name="step">Epoch or step, for streams that start anew each time.</param>
    public static PhiloxKey Of(ulong seed, RandomPurpose purpose, uint stream, ulong step = 0)
    {
        // The key mixes seed and purpose; the counter's upper half holds stream and step.
        (uint a, uint b, _, _) = Philox.Block(seed, (ulong)purpose, step >> 32);
        return new PhiloxKey(((ulong)b << 32) | a, ((ulong)stream << 32) | (uint)step);
    }
}
