using TrainService.Data;
using TrainService.Data.Augmentation;
using TrainService.Data.Descriptions;
using TrainService.Data.Preprocessing;
using TrainService.Data.Requests;
using TrainService.Tensors;
using TrainService.Tensors.Randomness;

namespace TrainService.Training.Tests.Support;

/// <summary>Small data for tests, without a library.</summary>
internal static class Some
{
    public static DescribedData Described(TargetKind kind = TargetKind.Class, int classes = 3, int width = 4, int length = 1, ValueStatistics? targets = null,
        ValueStatistics? inputs = null, int train = 120, int? validation = 30) => new()
        {
            Dataset = new DatasetDescription
            {
                Id = "ds_1", Name = "blobs", Kind = DatasetKind.Synthetic, BuiltIn = true, InputShape = [width], StoredType = "float32",
                Target = Target(kind, classes, length), Counts = new SplitCounts(train, validation),
                Statistics = targets is null && inputs is null ? null : new DatasetStatistics { Targets = targets, Inputs = inputs },
            },
            InputShape = [width],
            Target = Target(kind, classes, length),
            Counts = new SplitCounts(train, validation),
        };

    public static TargetDescription Target(TargetKind kind, int classes, int length) => new()
    {
        Kind = kind, Shape = [length], ClassNames = kind == TargetKind.Class ? [.. Enumerable.Range(0, classes).Select(c => $"class {c}")] : null,
    };

    /// <summary>Three clouds of points in four dimensions.</summary>
    public static PreparedData Blobs(int train = 120, int validation = 30) => new()
    {
        Described = Described(train: train, validation: validation),
        Train = Cloud(train, 1),
        Validation = validation == 0 ? null : Cloud(validation, 2),
        Preprocessing = new FittedPreprocessing { InputShape = [4] },
    };

    /// <summary>Pictures of 6 x 6 with a bright line at one of three places, and rows of shares for them.</summary>
    public static Split Pictures(int rows, uint stream = 3)
    {
        var random = new PhiloxStream(99, RandomPurpose.Synthetic, stream);
        float[] x = new float[rows * 36], y = new float[rows * 3];
        for (int i = 0; i < rows; i++)
        {
            int c = random.NextBelow(3);
            y[(3 * i) + c] = 1;
            for (int j = 0; j < 36; j++) x[(i * 36) + j] = (random.NextSingle() * 0.5f) + (j / 6 == 2 * c ? 0.5f : 0);
        }
        return new Split(new FloatRows(x, 36), new FloatRows(y, 3), default);
    }

    /// <summary>The same, whole.</summary>
    public static PreparedData PictureData(int rows) => new()
    {
        Described = Described(TargetKind.Vector, length: 3, train: rows, validation: 20) with { InputShape = [6, 6] },
        Train = Pictures(rows),
        Validation = Pictures(20, stream: 4),
        Preprocessing = new FittedPreprocessing { InputShape = [6, 6] },
    };

    /// <summary>The pictures, changed at random and standardized each by itself.</summary>
    public static AugmentedRows Changed(AugmentationSettings settings, int rows, RowSource? pictures = null)
        => new(pictures ?? Pictures(rows).Inputs, Pictures(rows).Targets, [new FittedStep("samplewise", [0], [1], [0]) { CentersRow = true, ScalesRow = true }], settings, [6, 6], 1, bytes: true, seed: 5);

    /// <summary>Some rows of a split.</summary>
    public static Split Part(Split split, int first, int count) => new(Rows(split.Inputs, first, count), Rows(split.Targets, first, count), default);

    private static FloatRows Rows(RowSource source, int first, int count)
    {
        float[] values = new float[count * source.RowLength];
        for (int i = 0; i < count; i++) source.CopyRow(first + i, values.AsSpan(i * source.RowLength, source.RowLength));
        return new FloatRows(values, source.RowLength);
    }

    private static Split Cloud(int rows, uint stream)
    {
        var random = new PhiloxStream(99, RandomPurpose.Synthetic, stream);
        float[] x = new float[rows * 4], y = new float[rows];
        for (int i = 0; i < rows; i++)
        {
            int c = random.NextBelow(3);
            y[i] = c;
            for (int j = 0; j < 4; j++) x[(i * 4) + j] = (float)(random.NextNormal() + (j == c ? 2 : 0));
        }
        return new Split(new FloatRows(x, 4), new FloatRows(y, 1), default);
    }
}
