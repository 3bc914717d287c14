using TrainService.Data.Descriptions;
using TrainService.Data.Fashion;
using TrainService.Data.Storage;
using TrainService.Tensors;
using TrainService.Tensors.Randomness;

namespace TrainService.Data.Synthetic;

/// <summary>
/// Drawn clothing in the classes and the form of Fashion-MNIST, for machines that have neither the files nor a network: 10,000 pictures to train and
/// 2,000 to test. Each picture has a stream of its own, PhiloxStream(0, Synthetic, 5, number), so that all can be drawn at once.
/// </summary>
internal static class SyntheticFashion
{
    public const string Name = "synthetic-fashion";

    private const int Side = 28, TrainRows = 10_000, TestRows = 2_000;
    private const uint Stream = 5;

    // Always the same, so that one drawing serves the whole process.
    private static readonly Lazy<Dataset> Drawn = new(Make);

    public static DatasetDescription Description { get; } = new()
    {
        Id = "ds_synthetic_fashion",
        Name = Name,
        Kind = DatasetKind.Images,
        BuiltIn = true,
        Summary = "12,000 drawn silhouettes of clothing in the ten classes of Fashion-MNIST, 28x28, grey, values in [0, 1]; shapes, sizes, places, textures and noise vary by seed.",
        InputShape = [Side, Side],
        StoredType = "uint8",
        Scale = 1 / 255.0,
        Target = FashionMnistDataset.Description.Target,
        Counts = new(TrainRows, null, TestRows),
        Source = "made by TrainService",
    };

    /// <summary>The description with all statistics. Drawn for it if need be: what a job resolves to must not depend on who asked before.</summary>
    public static DatasetDescription Describe() => Drawn.Value.Description;

    public static Dataset Open() => Drawn.Value;

    internal static Dataset Make()
    {
        var dataset = new Dataset(Description, Draw(0, TrainRows), null, Draw(TrainRows, TestRows));
        return dataset with { Description = Describer.WithStatistics(dataset) };
    }

    private static Split Draw(int first, int rows)
    {
        byte[] pixels = new byte[rows * Side * Side];
        float[] labels = new float[rows];
        Parallel.For(0, rows, row =>
        {
            labels[row] = row % 10;
            Paint(row % 10, (ulong)(first + row), pixels.AsSpan(row * Side * Side, Side * Side));
        });
        return new Split(new ByteRows(pixels, Side * Side, (float)Description.Scale), new FloatRows(labels, 1), default);
    }

    private static void Paint(int kind, ulong number, Span<byte> pixels)
    {
        var random = new PhiloxStream(0, RandomPurpose.Synthetic, Stream, number);
        var outline = new Silhouette(kind, ref random);
        float size = 0.85f + (0.2f * random.NextSingle()), left = 0.16f * (random.NextSingle() - 0.5f), up = 0.16f * (random.NextSingle() - 0.5f);
        float lean = 0.2f * (random.NextSingle() - 0.5f), shade = 0.35f + (0.6f * random.NextSingle());
        float stripes = random.NextSingle() < 0.4f ? 0.35f * random.NextSingle()
            : 0, across = 20 * random.NextSingle(), along = 20 * random.NextSingle();
        for (int i = 0; i < Side; i++)
            for (int j = 0; j < Side; j++)
            {
                float v = (((2f * i) + 1) / Side) - 1, u = (((2f * j) + 1) / Side) - 1;
                float y = (v - up) / size, x = ((u - left) / size) + (lean * y);
                // One pixel wide, the border goes from cloth to background.
                float cover = Math.Clamp(0.5f - (outline.At(x, y) * Side / 2), 0, 1);
                float cloth = shade * (1 + (stripes * MathF.Sin((across * x) + (along * y))));
                float noise = 0.06f * (random.NextSingle() - 0.5f);
                pixels[(i * Side) + j] = (byte)Math.Clamp(MathF.Round(255 * ((cover * (cloth + noise)) + Math.Max(0, noise * (1 - cover)))), 0, 255);
            }
    }
}
