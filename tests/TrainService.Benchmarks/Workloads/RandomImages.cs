using TrainService.Tensors;
using TrainService.Tensors.Randomness;

namespace TrainService.Benchmarks.Workloads;

/// <summary>Normally distributed images [224, 224, 3] and labels at random, as many as the peers have.</summary>
internal static class RandomImages
{
    public const int Side = 224, Channels = 3;

    public static Shape Shape { get; } = new(Side, Side, Channels);

    public static (RowSource Inputs, RowSource Targets) Load(int count, int classes)
    {
        const int Length = Side * Side * Channels;
        float[] images = new float[count * Length], labels = new float[count];
        PhiloxStream random = new(42, RandomPurpose.Synthetic, 0);
        for (int i = 0; i < images.Length; i++) images[i] = (float)random.NextNormal();
        for (int i = 0; i < labels.Length; i++) labels[i] = random.NextBelow(classes);
        return (new FloatRows(images, Length), new FloatRows(labels, 1));
    }
}
