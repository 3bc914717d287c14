using TrainService.Data.Descriptions;
using TrainService.Data.Storage;
using TrainService.Tensors;
using TrainService.Tensors.Randomness;

namespace TrainService.Data.Synthetic;

/// <summary>
/// A dataset made by a formula, always the same: 1,200 rows to train and 300 to test. Row by row, one stream of random numbers for each part,
/// PhiloxStream(0, Synthetic, <paramref name="stream"/>, part).
/// </summary>
/// <param name="draw">Writes one row of inputs and returns its target.</param>
internal sealed class SyntheticSet(string name, uint stream, string summary, int inputs, IReadOnlyList<string>? classes, SyntheticSet.Draw draw)
{
    private const int TrainRows = 1_200, TestRows = 300;

    private readonly Lazy<Dataset> _dataset = new(() => Make(name, stream, summary, inputs, classes, draw));

    public delegate float Draw(int row, Span<float> inputs, ref PhiloxStream random);

    public string Name => name;

    public Dataset Open() => _dataset.Value;

    private static Dataset Make(string name, uint stream, string summary, int inputs, IReadOnlyList<string>? classes, Draw draw)
    {
        var description = new DatasetDescription
        {
            Id = $"ds_{name}",
            Name = name,
            Kind = DatasetKind.Synthetic,
            BuiltIn = true,
            Summary = summary,
            InputShape = [inputs],
            StoredType = "float32",
            Target = new() { Kind = classes is null ? TargetKind.Number : TargetKind.Class, Shape = [1], ClassNames = classes },
            Counts = new(TrainRows, null, TestRows),
            Source = "made by TrainService",
        };
        var dataset = new Dataset(description, MakePart(stream, 0, TrainRows, inputs, draw), null, MakePart(stream, 1, TestRows, inputs, draw));
        return dataset with { Description = Describer.WithStatistics(dataset) };
    }

    private static Split MakePart(uint stream, ulong part, int rows, int inputs, Draw draw)
    {
        float[] x = new float[rows * inputs], y = new float[rows];
        var random = new PhiloxStream(0, RandomPurpose.Synthetic, stream, part);
        for (int i = 0; i < rows; i++) y[i] = draw(i, x.AsSpan(i * inputs, inputs), ref random);
        return new Split(new FloatRows(x, inputs), new FloatRows(y, 1), default);
    }
}
