using TrainService.NeuralNet.Plan.Steps;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Boltzmann;

/// <summary>
/// Draws units: each is a function of the seed, the machine, the step, the draw within the step, the row and its place alone.
/// </summary>
/// <param name="rows">Most rows of a batch.</param>
/// <param name="units">Most units of a row.</param>
internal readonly struct UnitSampling(ulong seed, uint stream, int rows, int units)
{
    private const int Group = 4;

    private readonly ulong _groups = ((ulong)units + Group - 1) / Group;

    /// <param name="step">Updates done before this one.</param>
    public PhiloxKey Key(long step) => PhiloxKey.Of(seed, RandomPurpose.Sampling, stream, (ulong)step);

    /// <summary>1 with the probability that stands there, else 0. The two may be the same memory.</summary>
    /// <param name="draw">Which one of the step.</param>
    public void Bernoulli(PhiloxKey key, int draw, int row, ReadOnlySpan<float> probabilities, Span<float> states)
    {
        ulong block = First(draw, row);
        for (int at = 0; at < probabilities.Length; at += Group, block++)
        {
            (uint a, uint b, uint c, uint d) = Philox.Block(key.Key, key.High, block);
            states[at] = Draw(a, probabilities[at]);
            if (at + 1 < probabilities.Length) states[at + 1] = Draw(b, probabilities[at + 1]);
            if (at + 2 < probabilities.Length) states[at + 2] = Draw(c, probabilities[at + 2]);
            if (at + 3 < probabilities.Length) states[at + 3] = Draw(d, probabilities[at + 3]);
        }
    }

    /// <summary>Adds standard normal numbers.</summary>
    /// <inheritdoc cref="Bernoulli"/>
    public void AddNormal(PhiloxKey key, int draw, int row, Span<float> values)
    {
        ulong block = First(draw, row);
        Span<float> four = stackalloc float[Group];
        for (int at = 0; at < values.Length; at += Group, block++)
        {
            NormalPair.Fill(four, Philox.Block(key.Key, key.High, block));
            for (int i = at; i < Math.Min(values.Length, at + Group); i++) values[i] += four[i - at];
        }
    }

    private ulong First(int draw, int row) => (((ulong)draw * (ulong)rows) + (ulong)row) * _groups;

    // A word as a multiple of 2⁻²⁴ in [0, 1): a probability of 1 is always met, one of 0 never.
    private static float Draw(uint word, float probability) => (word >> 8) * (1f / (1 << 24)) < probability ? 1f : 0f;
}
