using TrainService.NeuralNet.Plan.Steps;
using TrainService.Tensors;
using TrainService.Tensors.Randomness;

namespace TrainService.NeuralNet.Adversarial;

/// <summary>How latent numbers are spread.</summary>
public enum LatentDistribution
{
    /// <summary>Standard normal.</summary>
    Normal,

    /// <summary>Uniform in [-1, 1).</summary>
    Uniform,
}

/// <summary>
/// What a generator makes its samples of: rows of random numbers, a function of seed, stream, draw and row alone, so that nothing of them need be kept.
/// </summary>
/// <param name="size">Numbers in a row.</param>
/// <param name="stream">Tells draws for different ends apart.</param>
public sealed class LatentRows(ulong seed, int size, LatentDistribution distribution, uint stream) : RowSource
{
    private const int Group = 4;

    /// <summary>Which draw: rows are others with each. To be set between steps only.</summary>
    public long Draw { get; set; }

    /// <inheritdoc/>
    public override int Count => int.MaxValue;

    /// <inheritdoc/>
    public override int RowLength => size;

    /// <inheritdoc/>
    public override bool Varies => true;

    /// <inheritdoc/>
    public override void CopyRow(int row, Span<float> destination)
    {
        PhiloxKey key = PhiloxKey.Of(seed, RandomPurpose.Latents, stream, (ulong)Draw);
        ulong groups = ((ulong)size + Group - 1) / Group;
        Span<float> four = stackalloc float[Group];
        for (int at = 0; at < size; at += Group)
        {
            (uint X0, uint X1, uint X2, uint X3) words = Philox.Block(key.Key, key.High, ((ulong)row * groups) + (ulong)(at / Group));
            if (distribution == LatentDistribution.Normal) NormalPair.Fill(four, words);
            else (four[0], four[1], four[2], four[3]) = (Unit(words.X0), Unit(words.X1), Unit(words.X2), Unit(words.X3));
            four[..Math.Min(Group, size - at)].CopyTo(destination[at..]);
        }
    }

    // Multiples of 2⁻²³ from -1 on.
    private static float Unit(uint word) => ((word >> 8) * (1f / (1 << 23))) - 1f;
}
