using System.Text.Json;
using TrainService.Specification;

namespace TrainService.Data.Preprocessing;

/// <summary>
/// What turns raw inputs into the rows that a network sees. Raw is what a dataset's own rows are: a picture's or array's numbers as the dataset
/// gives them (bytes already multiplied by <see cref="Scale"/>), a table's values column by column (a categorical one as its index).
/// </summary>
public sealed partial record FittedPreprocessing
{
    /// <summary>Shape of a row as the network sees it.</summary>
    public required IReadOnlyList<int> InputShape { get; init; }

    /// <summary>What bytes are multiplied by to become raw numbers: 1/255 for pictures.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>For tables: the columns taken as input, in order.</summary>
    public IReadOnlyList<InputColumn>? Columns { get; init; }

    /// <summary>For pictures: how those of another size are brought to the rows' size.</summary>
    public PictureFit? Pictures { get; init; }

    /// <summary>Steps in order.</summary>
    public IReadOnlyList<FittedStep> Steps { get; init; } = [];

    /// <summary>Numbers in a raw row.</summary>
    public int RawLength => Columns?.Count ?? FeatureLength;

    /// <summary>Numbers in a row as the network sees it.</summary>
    public int FeatureLength => InputShape.Aggregate(1, (a, b) => a * b);

    /// <summary>Turns one raw row into one row of features. A category's index outside its list gives a row without that category.</summary>
    public void Apply(ReadOnlySpan<float> raw, Span<float> features)
    {
        if (raw.Length != RawLength) throw new ArgumentException($"A raw row has {RawLength} numbers, not {raw.Length}.", nameof(raw));
        if (features.Length != FeatureLength)
            throw new ArgumentException($"A row of features has {FeatureLength} numbers, not {features.Length}.", nameof(features));
        if (Columns is null) raw.CopyTo(features);
        else Expand(Columns, raw, features);
        foreach (FittedStep step in Steps) step.Apply(features);
    }

    /// <summary>
    /// Reads one raw row from JSON: nested or flat arrays of numbers, or for tables an object of named values or an array in column order.
    /// Every mistake is added to <paramref name="errors"/> with its place; then the answer is false.
    /// </summary>
    /// <param name="pointer">Where <paramref name="row"/> stands: <c>/inputs/0</c>.</param>
    public bool TryRead(JsonElement row, Span<float> raw, string pointer, ICollection<SpecError> errors)
        => Columns is null ? ArrayRowReader.TryRead(row, InputShape, raw, pointer, errors)
            : ColumnRowReader.TryRead(row, Columns, raw, pointer, errors);

    internal static void Expand(IReadOnlyList<InputColumn> columns, ReadOnlySpan<float> raw, Span<float> features)
    {
        int at = 0;
        for (int i = 0; i < columns.Count; i++)
        {
            if (columns[i].Categories is not { } categories)
            {
                features[at++] = raw[i];
                continue;
            }
            Span<float> indicators = features.Slice(at, categories.Count);
            indicators.Clear();
            if (raw[i] >= 0 && raw[i] < categories.Count) indicators[(int)raw[i]] = 1;
            at += categories.Count;
        }
    }
}
